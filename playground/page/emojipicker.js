// A small board of signs to react with.

import { el, fill } from "./el.js";
import { REACTIONS, emojiView } from "./emoji.js";
import { showPopup } from "./popup.js";

const COLUMNS = 8;

export class EmojiPicker {
  #pick = null;

  constructor() {
    this.element = el("div.popup.emoji-board", { role: "dialog", popover: "auto", "aria-label": "Add a reaction" });
    fill(this.element, REACTIONS.map((one, i) => signButton(one, { tabindex: i ? "-1" : "0", onclick: () => this.#choose(one[0]) })));
    this.element.addEventListener("keydown", (event) => this.#key(event));
    document.body.append(this.element);
  }

  /** pick({name, id}) when one is chosen. */
  open(at, pick) {
    this.#pick = pick;
    showPopup(this.element, at);
    this.element.firstElementChild.focus({ preventScroll: true });
  }

  #choose(sign) {
    this.element.hidePopover();
    this.#pick({ id: null, name: sign });
  }

  #key(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
    if (!by) return;
    const all = [...this.element.children];
    all[all.indexOf(document.activeElement) + by]?.focus();
    event.preventDefault();
    event.stopPropagation();
  }
}

/** One sign to press. */
export function signButton([sign, name], props) {
  return el("button.sign", { type: "button", title: name, "aria-label": name, ...props }, emojiView(sign));
}
