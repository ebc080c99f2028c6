// A list above the composer to choose from by keyboard or pointer; the text field keeps the focus.

import { el, fill } from "./el.js";

const PAGE = 6;
let lists = 0;

export class Picker {
  #items = [];
  #active = -1;
  #input = null;
  #pick = null;

  constructor() {
    this.id = `picker-${(lists += 1)}`;
    this.title = el("div.picker-title");
    this.list = el("ul.picker-list", { role: "listbox", id: this.id });
    this.element = el("div.picker", { hidden: true }, this.title, this.list);
    this.element.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /** Show choices for a field. items: [{title, description, tags, face?, disabled?, chosen?, value}]; pick(value) when one is chosen. */
  open(input, { label, items, empty }, pick) {
    if (this.#input !== input) this.close();
    const before = this.#items[this.#active]?.title;
    Object.assign(this, { label });
    this.#input = input;
    this.#items = items;
    this.#pick = pick;
    fill(this.title, label);
    this.list.setAttribute("aria-label", label);
    fill(this.list, items.length ? items.map((item, i) => this.#row(item, i)) : el("li.picker-empty", { role: "presentation" }, empty));
    this.element.hidden = false;
    input.setAttribute("aria-controls", this.id);
    if (input.role === "combobox") input.setAttribute("aria-expanded", "true");
    const chosen = items.findIndex((item) => item.chosen);
    this.#activate(chosen >= 0 ? chosen : Math.max(0, items.findIndex((item) => item.title === before)));
  }

  close() {
    this.element.hidden = true;
    this.#items = [];
    this.#active = -1;
    if (this.#input?.role === "combobox") this.#input.setAttribute("aria-expanded", "false");
    this.#input?.removeAttribute("aria-activedescendant");
    this.#input = null;
  }

  /** Handle a key of the field; true when it was the picker's. */
  key(event) {
    if (!this.isOpen) return false;
    if (event.key === "Escape") this.close();
    else if (!this.#items.length) return false;
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.#move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "PageDown" || event.key === "PageUp") this.#activate(Math.max(0, Math.min(this.#items.length - 1, this.#active + (event.key === "PageDown" ? PAGE : -PAGE))));
    else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) return this.#choose(this.#active, event);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #move(by) {
    this.#activate((this.#active + by + this.#items.length) % this.#items.length);
  }

  #choose(index, event) {
    const item = this.#items[index];
    if (!item || item.disabled) return false;
    event.preventDefault();
    event.stopPropagation();
    const pick = this.#pick;
    this.close();
    pick(item.value);
    return true;
  }

  #activate(index) {
    this.#active = this.#items.length ? index : -1;
    const rows = [...this.list.children];
    rows.forEach((row, i) => row.role !== "presentation" && row.setAttribute("aria-selected", String(i === this.#active)));
    const row = rows[this.#active];
    if (!row || this.#active < 0) return this.#input?.removeAttribute("aria-activedescendant");
    this.#input.setAttribute("aria-activedescendant", row.id);
    return row.scrollIntoView({ block: "nearest" });
  }

  #row(item, index) {
    return el("li.picker-row", {
      role: "option", id: `${this.id}-${index}`, "aria-disabled": item.disabled ? "true" : null,
      onpointermove: () => this.#active === index || this.#activate(index),
      onclick: (event) => this.#choose(index, event),
    },
    item.face, el("span.picker-name", {}, item.title),
    (item.tags ?? []).map((tag) => el(`span.pill${tag.required ? ".required" : ""}`, {}, tag.name)),
    item.description && el("span.picker-description", {}, item.description));
  }
}
