// Asks the app what could be filled in for an option while somebody is typing it.

import { interactionData } from "./commands.js";
import { newNonce } from "./snowflake.js";

const PATIENCE_MS = 3500;

export class Suggestions {
  #waiting = new Map();
  #session;

  constructor(session) {
    this.#session = session;
  }

  /** Choices [{title, value}] for the option that is being typed; null when none came. */
  async ask(channelId, command, values, option) {
    const nonce = newNonce();
    const answer = new Promise((done) => {
      this.#waiting.set(nonce, done);
      setTimeout(() => this.#settle(nonce, null), PATIENCE_MS);
    });
    try {
      await this.#session.interact(channelId, { type: 4, application_id: command.applicationId, nonce, data: interactionData(command, values, { focused: option.name }) });
    } catch {
      this.#settle(nonce, null);
    }
    const choices = await answer;
    return choices && choices.map((choice) => ({ title: String(choice.name), value: String(choice.value) }));
  }

  /** Take APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE, or a failure of such a question. */
  event({ nonce, choices }) {
    this.#settle(nonce, choices ?? null);
  }

  #settle(nonce, choices) {
    this.#waiting.get(nonce)?.(choices);
    this.#waiting.delete(nonce);
  }
}
