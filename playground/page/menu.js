// A menu of things to do with something: by pointer, finger or keyboard.

import { el, fill, icon } from "./el.js";
import { showPopup } from "./popup.js";

export class Menu {
  constructor() {
    this.element = el("div.popup.menu", { role: "menu", popover: "auto", tabindex: "-1" });
    this.element.addEventListener("keydown", (event) => this.#key(event));
    document.body.append(this.element);
  }

  /** at: {x, y} or an element. groups: [{label?, items: [{words, icon, act, danger?, hint?}] , top?: node}]; empty ones are left out. */
  open(at, label, groups) {
    this.close();
    this.element.setAttribute("aria-label", label);
    fill(this.element, groups.filter((group) => group.top || group.items?.length).map((group) => this.#group(group)));
    showPopup(this.element, at);
    this.#items[0]?.focus({ preventScroll: true });
  }

  close() {
    if (this.element.matches(":popover-open")) this.element.hidePopover();
  }

  get #items() {
    return [...this.element.querySelectorAll("[role='menuitem']")];
  }

  #group({ label, items = [], top }) {
    return el("div.menu-group", { role: "group", "aria-label": label ?? null },
      label && el("div.menu-label", { "aria-hidden": "true" }, label), top && top((act) => this.#do(act)), items.map((item) => this.#item(item)));
  }

  #item({ words, icon: name, act, danger, hint }) {
    return el(`button.menu-item${danger ? ".danger" : ""}`, { type: "button", role: "menuitem", tabindex: "-1", title: hint ?? null, onclick: () => this.#do(act) }, el("span", {}, words), icon(name));
  }

  #do(act) {
    this.close();
    act();
  }

  #key(event) {
    const items = this.#items;
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: items.length - 1 }[event.key];
    const typed = event.key.length === 1 && !event.ctrlKey && !event.metaKey && event.key !== " ";
    if (event.key === "Tab") this.close();
    else if (to !== undefined) items.at(to % items.length)?.focus();
    else if (typed) [...items.slice(at + 1), ...items].find((item) => item.textContent.toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
