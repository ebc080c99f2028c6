// What a person asked of the app and is still waiting for: commands sent, buttons pressed, forms filled in.

import { ApiError } from "./api.js";
import { Emitter } from "./emitter.js";
import { newNonce } from "./snowflake.js";

const PATIENCE_MS = 8000;
const AFTER_SUCCESS_MS = 1500;

/** An ask: {nonce, channelId, kind: "command"|"press"|"form", state: "sending"|"failed", words, messageId?, customId?, reason?, again}.
 * Emits "change" (message id or null) and "form" (what INTERACTION_MODAL_CREATE says, with the message and component that it came from). */
export class Asks extends Emitter {
  #all = new Map();
  #session;

  constructor(session) {
    super();
    this.#session = session;
  }

  /** Commands of a room that still wait or have failed, oldest first. */
  commandsIn(channelId) {
    return [...this.#all.values()].filter((ask) => ask.kind === "command" && ask.channelId === channelId);
  }

  /** The waiting or failed press on a message, if any. */
  pressOn(messageId) {
    return [...this.#all.values()].findLast((ask) => ask.kind === "press" && ask.messageId === messageId);
  }

  isPressing(messageId, customId) {
    return [...this.#all.values()].some((ask) => ask.messageId === messageId && ask.customId === customId && ask.state === "sending");
  }

  /** Use a command. build() → its data, anew for each try; title and words: how it reads on the waiting line. */
  async command(channelId, command, build, { title = `/${command.name}`, words = "" } = {}) {
    const again = () => this.command(channelId, command, build, { title, words });
    const ask = this.#start({ kind: "command", channelId, words, title, again });
    const data = await build();
    if (!data) return this.#fail(ask, "A file could not be sent. Choose it once more.");
    return this.#post(ask, { type: 2, application_id: command.applicationId, data });
  }

  /** Press a button or choose from a select (values). */
  press(message, component, values) {
    const again = () => this.press(message, component, values);
    const ask = this.#start({ kind: "press", channelId: message.channel_id, messageId: message.id, customId: component.custom_id, words: component.label ?? "", again });
    const data = { component_type: component.type, custom_id: component.custom_id, ...(values ? { values } : {}) };
    const body = { type: 3, application_id: message.application_id ?? message.author.id, message_id: message.id, message_flags: message.flags ?? 0, data };
    return this.#post(ask, body);
  }

  /** Hand in a form; settled(reason|null, refused) is called once, with words when it was not taken. */
  submit(form, components, settled) {
    const ask = this.#start({ kind: "form", channelId: form.channel_id, words: form.title ?? "", settled });
    const data = { id: form.id, custom_id: form.custom_id, components };
    return this.#post(ask, { type: 5, application_id: form.application?.id ?? form.application_id ?? this.#session.playground.application_id, data });
  }

  /** Forget a failed ask. */
  drop(ask) {
    clearTimeout(ask.timer);
    this.#all.delete(ask.nonce);
    this.emit("change", ask.messageId ?? null);
  }

  /** Take INTERACTION_CREATE, _SUCCESS and _FAILURE. */
  event(type, body) {
    const { id, nonce, reason_code: reasonCode } = body;
    const ask = this.#all.get(nonce) ?? [...this.#all.values()].find((one) => one.interactionId === id);
    if (!ask) return;
    ask.interactionId = id;
    if (type === "INTERACTION_SUCCESS") this.#succeeded(ask);
    if (type === "INTERACTION_FAILURE") this.#fail(ask, failureWords(reasonCode));
    if (type === "INTERACTION_MODAL_CREATE") this.#opensForm(ask, body);
  }

  /** A message came that answers one of the asks: its waiting line goes. */
  answered(message) {
    const ask = this.#all.get(message.nonce) ?? [...this.#all.values()].find((one) => one.interactionId && one.interactionId === message.interaction_metadata?.id);
    if (ask && ask.kind === "command") this.drop(ask);
    if (ask && ask.kind === "form" && message.flags & 64) ask.refused = true; // an answer to the asker alone may be a refusal
  }

  #opensForm(ask, form) {
    this.drop(ask);
    this.emit("form", { ...form, channel_id: form.channel_id ?? ask.channelId, from: { messageId: ask.messageId ?? null, customId: ask.customId ?? null } });
  }

  #start(facts) {
    for (const old of [...this.#all.values()]) if (old.state === "failed" && old.messageId && old.messageId === facts.messageId) this.drop(old);
    const ask = { ...facts, nonce: newNonce(), state: "sending", at: Date.now() };
    ask.timer = setTimeout(() => this.#fail(ask, failureWords(2)), PATIENCE_MS);
    this.#all.set(ask.nonce, ask);
    this.emit("change", ask.messageId ?? null);
    return ask;
  }

  async #post(ask, body) {
    try {
      await this.#session.interact(ask.channelId, { ...body, nonce: ask.nonce });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#fail(ask, `That could not be sent: ${sentence(error.message)}`);
      if (error.code === 50035) this.#session.loadCommands().catch(() => {});
    }
  }

  #succeeded(ask) {
    clearTimeout(ask.timer);
    if (ask.kind === "press") this.drop(ask);
    else if (ask.kind === "form") this.#settle(ask, null);
    else ask.timer = setTimeout(() => this.drop(ask), AFTER_SUCCESS_MS);
  }

  #settle(ask, reason) {
    this.drop(ask);
    ask.settled(reason, Boolean(ask.refused));
  }

  #fail(ask, reason) {
    if (!this.#all.has(ask.nonce)) return;
    if (ask.kind === "form") return this.#settle(ask, reason);
    clearTimeout(ask.timer);
    Object.assign(ask, { state: "failed", reason });
    this.emit("change", ask.messageId ?? null);
  }
}

function failureWords(code) {
  if (code === 2) return "The app did not answer in time. It may be starting; try again in a moment.";
  return "The app could not do that. If it keeps happening, its log says why.";
}

const sentence = (text) => (/[.!?]$/.test(text) ? text : `${text}.`);
