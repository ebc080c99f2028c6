// The strip at the top that says when the connection is gone and when the next try comes.

import { el, fill, icon } from "./el.js";

const PATIENT_MS = 700;

export class Banner {
  #timer = null;
  #late = null;

  constructor(root, onRetry, onReload) {
    this.root = root;
    this.onRetry = onRetry;
    this.onReload = onReload;
    root.hidden = true;
  }

  /** Follow the connection of the person shown. A short interruption says nothing. */
  show({ state, retryAt }) {
    clearInterval(this.#timer);
    clearTimeout(this.#late);
    if (state === "open" || state === "connecting" || state === "idle") this.root.hidden = true;
    else if (state === "refused") this.#say("This page's key is not valid any more. The playground may have been started anew.", "Reload", this.onReload);
    else this.#late = setTimeout(() => this.#lost(retryAt), this.root.hidden ? PATIENT_MS : 0);
  }

  #lost(retryAt) {
    const words = () => {
      const seconds = retryAt === null ? 0 : Math.ceil((retryAt - Date.now()) / 1000);
      return seconds > 1 ? `The connection is lost. Trying again in ${seconds} s.` : "The connection is lost. Trying again…";
    };
    const line = this.#say(words(), "Try now", this.onRetry);
    this.#timer = setInterval(() => (line.textContent = words()), 500);
  }

  #say(words, action, onclick) {
    const line = el("span", {}, words);
    fill(this.root, icon("warning"), line, el("button.quiet", { type: "button", onclick }, action));
    this.root.hidden = false;
    return line;
  }
}
