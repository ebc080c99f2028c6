// The strip at the top that says when the connection is gone and when the next try comes.

import { el, fill, icon } from "./el.js";

const PATIENT_MS = 700;

export class Banner {
  #timer = null;
  #late = null;
  #said = "";

  constructor(root, onRetry, onReload) {
    this.root = root;
    this.onRetry = onRetry;
    this.onReload = onReload;
    this.countdown = el("span", { "aria-hidden": "true" });  // for the eye: an alert would read out every second
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
      return seconds > 1 ? `Trying again in ${seconds} s.` : "Trying again…";
    };
    this.#say("The connection is lost.", "Try now", this.onRetry);
    this.countdown.textContent = words();
    this.#timer = setInterval(() => (this.countdown.textContent = words()), 500);
  }

  /** What is said already stays as it is, and so does the focus in it. */
  #say(words, action, onclick) {
    if (this.root.hidden || this.#said !== words) {
      this.countdown.textContent = "";
      fill(this.root, icon("warning"), el("span", {}, words), this.countdown, el("button.quiet", { type: "button", onclick }, action));
    }
    this.#said = words;
    this.root.hidden = false;
  }
}
