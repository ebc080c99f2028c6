// Examples to begin with, behind a button of the composer.

import { el, fill, icon } from "./el.js";
import { exampleList } from "./welcome.js";

export class Ideas {
  #hints;
  #onExample;

  constructor(hints, onExample) {
    this.#hints = hints;
    this.#onExample = onExample;
    this.button = el("button.tool.ideas-button", { type: "button", title: "Ideas for a first prompt", "aria-label": "Ideas", "aria-expanded": "false", onclick: () => this.#toggle() }, icon("idea"));
    this.element = el("div.ideas", { hidden: true });
  }

  get isOpen() {
    return !this.element.hidden;
  }

  close(back = false) {
    this.element.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (back) this.button.focus();
  }

  #toggle() {
    if (this.isOpen) return this.close(true);
    fill(this.element, el("div.picker-title", {}, "Ideas"), exampleList(this.#hints(), this.#onExample));
    this.element.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    return this.element.querySelector("button")?.focus();
  }
}
