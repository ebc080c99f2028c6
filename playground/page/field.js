// One option of a slash command as a field: free text, a number, or something chosen from a list.

import { avatar } from "./avatar.js";
import { TYPE, fault, typeWords } from "./commands.js";
import { el } from "./el.js";

const LISTED = new Set([TYPE.boolean, TYPE.user, TYPE.channel, TYPE.role, TYPE.mentionable]);

export class Field {
  #chosen = null;
  #items;

  /** session: whose people, rooms and roles can be chosen. */
  constructor(option, session) {
    this.option = option;
    this.#items = choicesOf(option, session);
    const words = `${option.name}: ${option.description ?? ""} (${typeWords(option)}, ${option.required ? "required" : "optional"})`;
    this.input = el(this.isText ? "textarea" : "input", {
      "aria-label": words, rows: this.isText ? "1" : null, type: this.isText ? null : "text", autocomplete: "off", spellcheck: this.isText ? "true" : "false",
      inputmode: [TYPE.integer, TYPE.number].includes(option.type) && !this.#items ? "decimal" : null,
      enterkeyhint: "send", "aria-required": option.required ? "true" : null, placeholder: placeholder(option),
      role: this.isListed ? "combobox" : null, "aria-autocomplete": this.isListed ? "list" : null, "aria-expanded": this.isListed ? "false" : null,
    });
    this.element = el(`label.field${this.isText ? ".wide" : ""}`, {}, el("span.field-name", {}, option.name), this.input);
    this.input.addEventListener("input", () => this.#typed());
  }

  get isText() {
    return this.option.type === TYPE.string && !this.option.choices?.length && !this.isSuggested;
  }

  /** True when the app is asked for choices while one types. */
  get isSuggested() {
    return Boolean(this.option.autocomplete);
  }

  get isListed() {
    return this.hasList || this.isSuggested;
  }

  get hasList() {
    return this.#items !== null;
  }

  /** What will be sent: the chosen value, or the text. */
  get value() {
    if (!this.#items) return this.isText ? this.input.value : this.#chosen ?? this.input.value.trim();
    return this.#chosen ?? "";
  }

  /** Fill in a value by itself or by the words that stand for it. */
  set(value) {
    const item = this.#items?.find((one) => one.value === String(value) || same(one.title, value));
    this.#chosen = item ? item.value : null;
    this.input.value = item ? item.title : value;
    this.grow();
  }

  /** Take one of the choices that were offered. */
  choose(value, items) {
    this.#chosen = value;
    this.input.value = items.find((one) => one.value === value)?.title ?? value;
    this.grow();
  }

  /** Choices that fit what has been typed. */
  matches() {
    const typed = this.#chosen ? "" : this.input.value.trim().replace(/^@/, "").toLowerCase();
    const fitting = this.#items.filter((item) => item.title.toLowerCase().includes(typed)).slice(0, 25);
    return fitting.map((item) => ({ ...item, chosen: item.value === this.#chosen }));
  }

  /** What is wrong, as a sentence, or null. */
  fault() {
    if (this.#items && this.#chosen === null && this.input.value.trim()) return `“${this.input.value.trim()}” is not one of the choices for “${this.option.name}”.`;
    return fault(this.option, this.value);
  }

  mark(words) {
    this.element.classList.toggle("faulty", Boolean(words));
    this.input.setAttribute("aria-invalid", String(Boolean(words)));
  }

  /** Make a text field as tall as its text. */
  grow() {
    if (!this.isText) return void this.input.style.setProperty("--chars", String(Math.max(6, this.input.value.length + 1)));
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight}px`;
  }

  #typed() {
    const exact = this.#items?.find((item) => same(item.title, this.input.value));
    this.#chosen = exact ? exact.value : null;
    this.mark(null);
    this.grow();
  }
}

const same = (title, text) => title.toLowerCase() === String(text).trim().replace(/^@/, "").toLowerCase();

function placeholder(option) {
  if (option.type === TYPE.string && !option.choices?.length) return option.description ?? "";
  return typeWords(option);
}

function choicesOf(option, session) {
  if (option.choices?.length) return option.choices.map((choice) => ({ title: String(choice.name), value: String(choice.value) }));
  if (!LISTED.has(option.type)) return null;
  if (option.type === TYPE.boolean) return [{ title: "Yes", value: "true" }, { title: "No", value: "false" }];
  if (option.type === TYPE.channel) return [...session.rooms.values()].map((room) => ({ title: room.name, value: room.id }));
  const people = [...session.users.values()].map((user) => ({ title: session.nameOf(user.id), value: user.id, face: avatar(user, "tiny") }));
  const roles = [...session.roles.values()].map((role) => ({ title: role.name, value: role.id }));
  if (option.type === TYPE.user) return people;
  return option.type === TYPE.role ? roles : [...people, ...roles];
}
