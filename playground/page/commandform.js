// The options of one slash command as fields: words, choices, suggestions of the app, and files.

import { interactionData, textOption } from "./commands.js";
import { el, fill, icon } from "./el.js";
import { Field } from "./field.js";
import { FileField } from "./filefield.js";

const TYPING_MS = 220;

/** host: {picker, place() → {session, room}, say(words, alarm), changed(), leave(words)}. */
export class CommandForm {
  command = null;
  #host;
  #fields = [];
  #typing = null;
  #question = 0;

  constructor(host) {
    this.#host = host;
    this.element = el("div.fields", { role: "group", hidden: true });
  }

  /** Fill in a command. values: option name → words, a chosen value, or an Upload. */
  open(command, values = {}) {
    this.#host.picker.close();
    this.command = command;
    const wanted = command.options.filter((option) => option.required || values[option.name] !== undefined || command.options.length === 1);
    this.#fields = wanted.map((option) => this.#field(option));
    this.element.hidden = false;
    this.element.setAttribute("aria-label", `/${command.name}: ${command.description}`);
    this.#draw();
    for (const field of this.#fields) if (values[field.option.name] !== undefined) field.set(values[field.option.name]);
    this.#host.changed();
    const first = this.#fields.find((field) => field.fault()) ?? this.#fields[0];
    if (first) this.#enter(first);
    return Boolean(first);
  }

  close() {
    clearTimeout(this.#typing);
    this.command = null;
    this.#fields = [];
    this.element.hidden = true;
  }

  focus() {
    this.#fields[0]?.input.focus();
  }

  /** The command as the server has it now, with what was filled in. */
  renew(command) {
    if (command.raw.version === this.command.raw.version) this.command = command;
    else this.open(command, this.values);
  }

  get isReady() {
    return this.#fields.every((field) => !field.option.required || field.value);
  }

  get values() {
    return Object.fromEntries(this.#fields.map((field) => [field.option.name, field.value]));
  }

  /** How the request reads on one line. */
  get words() {
    return this.#fields.map((field) => (field.isFile ? field.upload?.name : field.input.value)).filter(Boolean).join(" ");
  }

  /** Goes to the first field that is not right yet and returns what is wrong, or null. */
  fault() {
    const faulty = this.#fields.find((field) => field.fault());
    if (!faulty) return null;
    faulty.mark(true);
    this.#enter(faulty);
    return faulty.fault();
  }

  /** A function that makes the interaction's data for a room, waiting for files; it gives null when one could not be sent. */
  builder() {
    const { command, values } = this;
    return async (channelId) => {
      const ready = { ...values };
      for (const option of command.options) {
        if (!values[option.name]?.slot) continue;
        const slot = await values[option.name].slot(channelId);
        if (!slot) return null;
        ready[option.name] = { slot };
      }
      return interactionData(command, ready);
    };
  }

  // ── files ────────────────────────────────────────────────────────────────

  /** Give files to the options that take them, first to the one they were dropped on; returns what found no place. */
  takeFiles(files, target = null) {
    const rest = [...files];
    const first = this.#fields.find((field) => field.isFile && target && field.element.contains(target));
    if (first && rest.length) first.take(rest.shift());
    while (rest.length) {
      const field = this.#fields.find((one) => one.isFile && !one.upload) ?? this.#addFile();
      if (!field) break;
      field.take(rest.shift());
    }
    return rest;
  }

  /** Somebody else writes now: the files are theirs. */
  handOver() {
    for (const field of this.#fields) if (field.isFile) field.set(field.upload);
  }

  get takesFiles() {
    return this.command.options.some((option) => option.type === 11);
  }

  #addFile() {
    const option = this.#more.find(({ type }) => type === 11);
    return option && this.#add(option);
  }

  /** Put words before those of the first text option; false when the command has none. */
  insert(words) {
    const option = textOption(this.command);
    if (!option) return false;
    const field = this.#fields.find((one) => one.option.name === option.name) ?? this.#add(option);
    field.set(`${words} ${field.input.value.trimStart()}`);
    this.#enter(field);
    this.#host.changed();
    return true;
  }

  // ── fields ───────────────────────────────────────────────────────────────

  #field(option) {
    const field = option.type === 11 ? new FileField(option, this.#host.place, (one) => this.#fileChanged(one)) : new Field(option, this.#host.place().session);
    return field;
  }

  get #more() {
    const open = new Set(this.#fields.map((field) => field.option.name));
    return this.command.options.filter((option) => !open.has(option.name));
  }

  #draw() {
    const { command } = this;
    const chip = el("span.chip", {}, el("span", {}, `/${command.name}`),
      el("button.chip-close", { type: "button", title: "Put the command away (Esc)", "aria-label": `Put /${command.name} away`, onclick: () => this.#host.leave("") }, icon("close")));
    fill(this.element, chip, this.#fields.map((field) => field.element),
      this.#more.map((option) => el("button.pill.add", { type: "button", title: option.description ?? "", onclick: () => this.#enter(this.#add(option)) }, icon("plus"), option.name)));
    for (const field of this.#fields) this.#wire(field);
  }

  #add(option) {
    const field = this.#field(option);
    this.#fields = [...this.#fields, field];
    this.#draw();
    this.#fields.forEach((one) => one.grow());
    return field;
  }

  #enter(field) {
    field.grow();
    field.input.focus();
    if (!field.isFile) field.input.setSelectionRange?.(field.input.value.length, field.input.value.length);
  }

  #wire(field) {
    field.input.onfocus = () => this.#inField(field);
    if (!field.isFile) field.input.oninput = () => this.#inField(field);
  }

  #inField(field) {
    this.#host.changed();
    this.#describe(field);
    if (field.hasList) this.#offer(field);
    else if (field.isSuggested) this.#suggest(field);
    else this.#host.picker.close();
  }

  #fileChanged(field) {
    if (!this.#fields.includes(field)) return;
    this.#host.changed();
    if (field.upload?.state === "failed") this.#host.say(field.upload.reason, true);
    else this.#describe(field);
  }

  #describe({ option, input, isFile, upload }) {
    const longest = option.max_length ?? 6000;
    const length = isFile ? 0 : input.value.length;
    const near = length > longest * 0.8;
    this.#host.say([el("strong", {}, option.name), option.description ? ` ${option.description}` : "", el("span.or", {}, option.required ? "required" : "optional"), isFile && !upload && el("span.or", {}, "a file: choose, paste or drop it"),
      near && el(`span.count${length > longest ? ".over" : ""}`, {}, `${length.toLocaleString()} of ${longest.toLocaleString()}`)]);
  }

  // ── choices ──────────────────────────────────────────────────────────────

  #offer(field, items = field.matches(), empty = "Nothing fits.") {
    this.#host.picker.open(field.input, { label: `Choices for ${field.option.name}`, items, empty }, (value) => {
      field.choose(value, items);
      field.mark(null);
      this.#host.changed();
      const next = this.#fields[this.#fields.indexOf(field) + 1];
      if (next && !next.value) this.#enter(next);
    });
  }

  /** Ask the app, once the typing rests for a moment; only the answer to the newest question counts. */
  #suggest(field) {
    clearTimeout(this.#typing);
    const { command } = this;
    const turn = (this.#question += 1);
    this.#typing = setTimeout(async () => {
      const { session, room } = this.#host.place();
      const values = Object.fromEntries(this.#fields.filter((one) => !one.isFile).map((one) => [one.option.name, one.value]));
      const items = await session.suggestions.ask(room.id, command, values, field.option);
      if (turn !== this.#question || document.activeElement !== field.input) return;
      if (items?.length) this.#offer(field, items);
      else this.#host.picker.close();
    }, TYPING_MS);
  }

  // ── keys ─────────────────────────────────────────────────────────────────

  /** Backspace in an empty field takes the option away, and at last the command; true when it was that. */
  key(event) {
    const field = this.#fields.find((one) => one.input === event.target);
    if (!field || event.key !== "Backspace" || field.value || (!field.isFile && field.input.value)) return false;
    event.preventDefault();
    const at = this.#fields.indexOf(field);
    if (!field.option.required && this.#fields.length > 1) this.#remove(field, at);
    else if (at > 0) this.#enter(this.#fields[at - 1]);
    else this.#host.leave(`/${this.command.name}`);
    return true;
  }

  #remove(field, at) {
    this.#fields = this.#fields.filter((one) => one !== field);
    this.#draw();
    this.#enter(this.#fields[Math.max(0, at - 1)]);
  }

  /** True for the key press of a field in which Enter sends. */
  sends(target) {
    return this.#fields.some((field) => !field.isFile && field.input === target);
  }
}
