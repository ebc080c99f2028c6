// A choice from a list, one or several, with descriptions: a button that opens a listbox.

import { avatar } from "./avatar.js";
import { el, fill, icon } from "./el.js";
import { emojiView } from "./emoji.js";
import { showPopup } from "./popup.js";

export const SELECTS = { 3: "text", 5: "people", 6: "roles", 7: "people and roles", 8: "rooms" };
let lists = 0;

/** What a select of the platform offers: [{value, label, description?, emoji?, face?, default?}]. */
export function offers(component, session) {
  if (component.type === 3) return (component.options ?? []).map((option) => ({ ...option, label: String(option.label ?? option.value) }));
  const chosen = new Set((component.default_values ?? []).map(({ id }) => id));
  const named = (value, label, more = {}) => ({ value, label, default: chosen.has(value), ...more });
  const people = () => [...session.users.values()].map((user) => named(user.id, session.nameOf(user.id) ?? "Somebody", { face: () => avatar(user, "tiny") }));
  const roles = () => [...session.roles.values()].map((role) => named(role.id, role.name));
  const rooms = () => [...session.rooms.values()].filter((room) => !room.isDirect).map((room) => named(room.id, room.words));
  return { 5: people, 6: roles, 7: () => [...people(), ...roles()], 8: rooms }[component.type]?.() ?? [];
}

export class Select {
  #options;
  #least;
  #most;
  #active = 0;
  #chosen;
  #kept;
  #onChoose;

  /** component: a select of the platform; onChoose(values) when another choice was made. */
  constructor(component, { options, disabled = false, label = "", onChoose = () => {} }) {
    this.#options = options;
    this.#least = component.min_values ?? 1;
    this.#most = Math.min(component.max_values ?? 1, options.length || 1);
    this.#chosen = new Set(options.filter((option) => option.default).map(({ value }) => value));
    this.#onChoose = onChoose;
    this.placeholder = component.placeholder ?? "Choose…";
    const id = `choices-${(lists += 1)}`;
    this.words = el("span.select-words");
    this.button = el("button.chat-select", {
      type: "button", disabled: disabled || !options.length, role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-controls": id, data: { key: component.custom_id ?? "" },
      "aria-label": label || this.placeholder, onclick: () => this.#open(), onkeydown: (event) => this.#buttonKey(event),
    }, this.words, icon("chevron"));
    this.list = el("ul.choices", { role: "listbox", id, tabindex: "0", "aria-label": label || this.placeholder, "aria-multiselectable": this.#isMany ? "true" : null, onkeydown: (event) => this.#key(event) });
    this.foot = el("div.choices-foot");
    this.popup = el("div.popup.choices-box", { popover: "auto" }, this.list, this.#isMany && this.foot);
    this.popup.addEventListener("popupclosed", () => this.#closed());
    this.element = el("div.select", {}, this.button, this.popup);
    this.#say();
  }

  get values() {
    return this.#options.filter(({ value }) => this.#chosen.has(value)).map(({ value }) => value);
  }

  set values(values) {
    this.#chosen = new Set(values);
    this.#say();
  }

  get #isMany() {
    return this.#most > 1;
  }

  #say() {
    const chosen = this.#options.filter(({ value }) => this.#chosen.has(value));
    fill(this.words, chosen.length === 0 && el("span.select-placeholder", {}, this.placeholder), chosen.length === 1 && emojiView(chosen[0].emoji), chosen.map(({ label }) => label).join(", "));
    this.words.title = chosen.length > 1 ? chosen.map(({ label }) => label).join(", ") : "";
  }

  #open() {
    this.#kept = new Set(this.#chosen);
    this.#draw();
    this.button.setAttribute("aria-expanded", "true");
    showPopup(this.popup, this.button, { wide: true });
    this.list.focus({ preventScroll: true });
    this.#activate(Math.max(0, this.#options.findIndex(({ value }) => this.#chosen.has(value))));
  }

  #draw() {
    fill(this.list, this.#options.map((option, i) => el("li.choice", {
      role: "option", id: `${this.list.id}-${i}`, "aria-selected": String(this.#chosen.has(option.value)),
      onclick: () => this.#pick(i), onpointermove: () => this.#active === i || this.#activate(i),
    }, option.face?.() ?? emojiView(option.emoji), el("span.choice-words", {}, el("span.choice-label", {}, option.label), option.description && el("span.choice-more", {}, option.description)), el("span.choice-check", {}, icon("check")))));
    this.#count();
  }

  #count() {
    if (!this.#isMany) return;
    const range = this.#least === this.#most ? `${this.#most}` : `${this.#least} to ${this.#most}`;
    fill(this.foot, el("span", { role: "status" }, `${this.#chosen.size} chosen, ${range} wanted`),
      el("button.chat-button", { type: "button", data: { style: "primary" }, disabled: !this.#fits, onclick: () => this.popup.hidePopover() }, "Done"));
  }

  get #fits() {
    return this.#chosen.size >= this.#least && this.#chosen.size <= this.#most;
  }

  #activate(index) {
    const rows = [...this.list.children];
    this.#active = Math.max(0, Math.min(index, rows.length - 1));
    rows.forEach((row, i) => row.classList.toggle("active", i === this.#active));
    this.list.setAttribute("aria-activedescendant", rows[this.#active]?.id ?? "");
    rows[this.#active]?.scrollIntoView({ block: "nearest" });
  }

  #pick(index) {
    const { value } = this.#options[index];
    if (!this.#isMany) this.#chosen = new Set(this.#chosen.has(value) && this.#least === 0 ? [] : [value]);
    else if (!this.#chosen.delete(value) && this.#chosen.size < this.#most) this.#chosen.add(value);
    if (!this.#isMany) return this.popup.hidePopover();
    [...this.list.children].forEach((row, i) => row.setAttribute("aria-selected", String(this.#chosen.has(this.#options[i].value))));
    return this.#count();
  }

  #buttonKey(event) {
    if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    this.#open();
  }

  #key(event) {
    const to = { ArrowDown: this.#active + 1, ArrowUp: this.#active - 1, Home: 0, End: this.#options.length - 1, PageDown: this.#active + 8, PageUp: this.#active - 8 }[event.key];
    if (event.key === "Escape") this.#chosen = this.#kept;
    else if (to !== undefined) this.#activate(to);
    else if (event.key === "Enter" || event.key === " ") this.#pick(this.#active);
    else if (event.key === "Tab") this.popup.hidePopover();
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) this.#search(event.key.toLowerCase());
    if (event.key === "Escape") this.popup.hidePopover();
    event.preventDefault();
    event.stopPropagation();
  }

  #search(letter) {
    const starts = ({ label }) => label.toLowerCase().startsWith(letter);
    const later = this.#options.findIndex((option, i) => i > this.#active && starts(option));
    const found = later < 0 ? this.#options.findIndex(starts) : later;
    if (found >= 0) this.#activate(found);
  }

  #closed() {
    this.button.setAttribute("aria-expanded", "false");
    if (!this.#fits) this.#chosen = this.#kept;
    const changed = this.#chosen.size !== this.#kept.size || [...this.#chosen].some((value) => !this.#kept.has(value));
    this.#say();
    if (changed) this.#onChoose(this.values);
  }
}
