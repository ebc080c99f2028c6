// Where people write: plain words, or a slash command with its options as fields.

import { fillable, interactionData, matchCommands, needsUpload, readTyped } from "./commands.js";
import { el, fill, icon } from "./el.js";
import { Field } from "./field.js";
import { newNonce } from "./snowflake.js";
import { Picker } from "./picker.js";
import { exampleList } from "./welcome.js";

/** app: {hints(), onSent()}. */
export class Composer {
  #app;
  #session = null;
  #room = null;
  #command = null;
  #fields = [];
  #past = [];
  #picker = new Picker();
  #off = () => {};

  constructor(root, app) {
    this.#app = app;
    this.text = el("textarea.plain", { rows: "1", autocomplete: "off", enterkeyhint: "send", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-label": "Write a message or a slash command" });
    this.hint = el("div.hint", { id: "composer-hint" });
    this.fieldset = el("div.fields", { role: "group" });
    this.send = el("button.send", { type: "submit", title: "Send (Enter)", "aria-label": "Send" }, icon("send"));
    this.ideasButton = el("button.tool.ideas-button", { type: "button", title: "Ideas for a first prompt", "aria-label": "Ideas", "aria-expanded": "false", onclick: () => this.#toggleIdeas() }, icon("idea"));
    this.ideas = el("div.ideas", { hidden: true });
    this.form = el("form.composer", { novalidate: true, "aria-label": "Composer" }, this.#picker.element, this.ideas, this.hint,
      el("div.box", {}, this.ideasButton, this.text, this.fieldset, this.send));
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.#submit()));
    this.form.addEventListener("keydown", (event) => this.#key(event));
    this.form.addEventListener("focusout", (event) => this.form.contains(event.relatedTarget) || this.#picker.close());
    this.text.addEventListener("input", () => this.#typed());
    fill(root, this.form);
    this.#toText();
  }

  /** Write as this person in this room; a command that they may not use is put away. */
  setContext(session, room) {
    if (session !== this.#session) {
      this.#off();
      this.#off = session.on("commands", () => this.#commandsChanged());
    }
    this.#session = session;
    this.#room = room;
    this.#commandsChanged();
    this.#placeholder();
  }

  focus() {
    (this.#fields[0]?.input ?? this.text).focus();
  }

  /** Begin writing with these words, unless a command is being filled in. */
  useText(words) {
    if (this.#command || this.text.value) return this.focus();
    this.text.value = words;
    this.text.focus();
    return this.#typed();
  }

  /** Begin a command by its name, with values for some of its options. */
  useCommand(name, values = {}) {
    this.#closeIdeas();
    const command = this.#session.commands.find((one) => one.name === name);
    if (command) this.#toCommand(command, values);
    else this.#toText(`/${name} ${Object.values(values).join(" ")}`);
    if (!command) this.#say("That command is not there yet: the app registers its commands when it starts.", true);
  }

  #commandsChanged() {
    if (this.#command) {
      const now = this.#session.commands.find((one) => one.name === this.#command.name);
      if (!now && this.#session.commandsKnown) this.#toText();
      else if (now && now.raw.version !== this.#command.raw.version) this.#toCommand(now, this.#values());
      else if (now) this.#command = now;
    } else if (document.activeElement === this.text) this.#typed();
  }

  #placeholder() {
    const wide = window.matchMedia("(min-width: 640px)").matches;
    const { command } = this.#app.hints();
    this.text.placeholder = wide ? `Type /${command} and what you would like to see, or / for every command` : `/${command} and your words`;
  }

  // ── plain text ───────────────────────────────────────────────────────────

  #toText(words = "") {
    this.#command = null;
    this.#fields = [];
    this.fieldset.hidden = true;
    this.text.hidden = false;
    this.text.value = words;
    this.#picker.close();
    this.#grow();
    this.#say("");
    this.#canSend();
  }

  #typed() {
    this.#grow();
    this.#canSend();
    const words = this.text.value;
    const typed = readTyped(this.#session.commands, words);
    if (typed && !needsUpload(typed.command)) return this.#toCommand(typed.command, typed.values);
    if (words.startsWith("/") && !words.includes("\n")) this.#offerCommands(words.slice(1));
    else this.#picker.close();
    if (words.trim() && !words.startsWith("/")) this.#offerPaint();
    else this.#say("");
    return null;
  }

  #offerCommands(query) {
    const found = matchCommands(this.#session.commands, query, this.#app.hints().command);
    const items = found.map((command) => ({
      title: `/${command.name}`, value: command, disabled: needsUpload(command),
      description: needsUpload(command) ? `${command.description} · needs a file, which the playground cannot send yet` : command.description,
      tags: command.options.map((option) => ({ name: option.name, required: option.required })),
    }));
    const empty = this.#session.commands.length ? "No command fits. Delete back to / to see them all." : "No commands are registered yet. The app does that when it starts; this list fills by itself.";
    this.#picker.open(this.text, { label: found.length ? `Commands · ${found[0].app}` : "Commands", items, empty }, (command) => this.#toCommand(command));
  }

  /** Somebody who just types what they want to see is shown the way. */
  #offerPaint() {
    const { command: name } = this.#app.hints();
    if (!this.#session.commands.some((command) => command.name === name)) return this.#say("");
    return this.#say([el("button.quiet", { type: "button", onclick: () => this.#paint() }, el("kbd", {}, "Tab"), ` paint this with /${name}`),
      el("span.or", {}, el("kbd", {}, "Enter"), " say it to the room")]);
  }

  /** Plain words paint nothing, so the way to a picture stays one press away. */
  #offerSaid(words) {
    const { command: name } = this.#app.hints();
    if (!this.#session.commands.some((command) => command.name === name)) return;
    this.#say(["Said to the room.", el("button.quiet", { type: "button", onclick: () => this.useExample(words) }, `Paint it with /${name}`)]);
  }

  #paint() {
    this.useCommand(this.#app.hints().command, this.#firstOption(this.text.value));
  }

  #firstOption(words) {
    const command = this.#session.commands.find((one) => one.name === this.#app.hints().command);
    const option = command && fillable(command)[0];
    return option ? { [option.name]: words } : {};
  }

  /** Put an example into the first option of the starter command. */
  useExample(prompt) {
    const values = this.#firstOption(prompt);
    this.useCommand(this.#app.hints().command, Object.keys(values).length ? values : { prompt });
  }

  // ── command with options ─────────────────────────────────────────────────

  #toCommand(command, values = {}) {
    this.#picker.close();
    this.#command = command;
    const wanted = fillable(command).filter((option) => option.required || values[option.name] !== undefined || fillable(command).length === 1);
    this.#fields = wanted.map((option) => new Field(option, this.#session));
    this.text.hidden = true;
    this.fieldset.hidden = false;
    this.fieldset.setAttribute("aria-label", `/${command.name}: ${command.description}`);
    this.#drawFields();
    for (const field of this.#fields) if (values[field.option.name] !== undefined) field.set(values[field.option.name]);
    this.#canSend();
    const first = this.#fields.find((field) => field.fault()) ?? this.#fields[0];
    if (first) this.#enter(first);
    else this.send.focus();
    if (!first) this.#say(command.description);
  }

  #drawFields() {
    const open = new Set(this.#fields.map((field) => field.option.name));
    const more = fillable(this.#command).filter((option) => !open.has(option.name));
    const chip = el("span.chip", {}, el("span", {}, `/${this.#command.name}`),
      el("button.chip-close", { type: "button", title: "Put the command away (Esc)", "aria-label": `Put /${this.#command.name} away`, onclick: () => (this.#toText(), this.text.focus()) }, icon("close")));
    fill(this.fieldset, chip, this.#fields.map((field) => field.element),
      more.map((option) => el("button.pill.add", { type: "button", title: option.description ?? "", onclick: () => this.#add(option) }, icon("plus"), option.name)));
    for (const field of this.#fields) this.#wire(field);
  }

  #add(option) {
    const field = new Field(option, this.#session);
    this.#fields = [...this.#fields, field];
    this.#drawFields();
    this.#fields.forEach((one) => one.grow());
    this.#enter(field);
  }

  #enter(field) {
    field.grow();
    field.input.focus();
    field.input.setSelectionRange?.(field.input.value.length, field.input.value.length);
  }

  #wire(field) {
    field.input.onfocus = () => this.#inField(field);
    field.input.oninput = () => this.#inField(field);
  }

  #inField(field) {
    this.#canSend();
    this.#describe(field);
    if (field.hasList) this.#offerChoices(field);
    else this.#picker.close();
  }

  #describe({ option, input }) {
    const longest = option.max_length ?? 6000;
    const near = input.value.length > longest * 0.8;
    this.#say([el("strong", {}, option.name), option.description ? ` ${option.description}` : "", el("span.or", {}, option.required ? "required" : "optional"),
      near && el(`span.count${input.value.length > longest ? ".over" : ""}`, {}, `${input.value.length.toLocaleString()} of ${longest.toLocaleString()}`)]);
  }

  #offerChoices(field) {
    this.#picker.open(field.input, { label: `Choices for ${field.option.name}`, items: field.matches(), empty: "Nothing fits." }, (value) => {
      field.set(value);
      field.mark(null);
      this.#canSend();
      const next = this.#fields[this.#fields.indexOf(field) + 1];
      if (next && !next.value) this.#enter(next);
    });
  }

  #values() {
    return Object.fromEntries(this.#fields.map((field) => [field.option.name, field.value]));
  }

  // ── keys and sending ─────────────────────────────────────────────────────

  #key(event) {
    if (event.isComposing || this.#picker.key(event)) return;
    const field = this.#fields.find((one) => one.input === event.target);
    if (event.key === "Enter" && !event.shiftKey && (field || event.target === this.text)) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape") this.#escape(event);
    else if (event.target === this.text) this.#textKey(event);
    else if (field && event.key === "Backspace" && !field.input.value) this.#backspace(event, field);
  }

  #textKey(event) {
    if (event.key === "Tab" && !event.shiftKey && this.text.value.trim() && this.hint.querySelector("button")) {
      event.preventDefault();
      this.#paint();
    } else if (event.key === "ArrowUp" && !this.text.value && this.#past.length) {
      event.preventDefault();
      const { name, values } = this.#past.at(-1);
      this.useCommand(name, values);
    }
  }

  #escape(event) {
    if (!this.ideas.hidden) this.#closeIdeas(true);
    else if (this.#command) this.#toText(), this.text.focus();
    else return;
    event.preventDefault();
  }

  /** Backspace in an empty field takes the option away, and at last the command. */
  #backspace(event, field) {
    event.preventDefault();
    const at = this.#fields.indexOf(field);
    if (field.option.required || this.#fields.length === 1) {
      if (at > 0) return this.#enter(this.#fields[at - 1]);
      this.#toText(`/${this.#command.name}`);
      this.text.focus();
      return this.#typed();
    }
    this.#fields = this.#fields.filter((one) => one !== field);
    this.#drawFields();
    return this.#fields.length ? this.#enter(this.#fields[Math.max(0, at - 1)]) : this.send.focus();
  }

  #canSend() {
    const ready = this.#command ? this.#fields.every((field) => !field.option.required || field.input.value.trim()) : this.text.value.trim();
    this.send.classList.toggle("ready", Boolean(ready));
  }

  #submit() {
    if (this.#command) return this.#sendCommand();
    const words = this.text.value.trim();
    if (!words) return this.text.focus();
    if (words.startsWith("/")) return this.#say(`There is no command “${words.split(/\s/)[0]}” for you here. Type / alone to see them all.`, true);
    return this.#sendWords(words);
  }

  #sendCommand() {
    const faulty = this.#fields.find((field) => field.fault());
    if (faulty) {
      faulty.mark(true);
      this.#enter(faulty);
      return this.#say(faulty.fault(), true);
    }
    const values = this.#values();
    const words = `/${this.#command.name} ${this.#fields.map((field) => field.input.value).join(" ")}`;
    this.#past = [...this.#past.slice(-19), { name: this.#command.name, values }];
    this.#session.asks.command(this.#room.id, this.#command, interactionData(this.#command, values), words);
    this.#toText();
    this.text.focus();
    return this.#app.onSent();
  }

  async #sendWords(words) {
    this.#toText();
    this.#app.onSent();
    try {
      await this.#session.api.post(`/channels/${this.#room.id}/messages`, { content: words, nonce: newNonce() });
      if (!this.text.value && !this.#command) this.#offerSaid(words);
    } catch (error) {
      if (!this.text.value) this.#toText(words);
      this.#say(`That could not be said: ${error.message}.`, true);
    }
  }

  #say(words, alarm = false) {
    fill(this.hint, words);
    this.hint.classList.toggle("alarm", alarm);
    if (alarm) this.hint.setAttribute("role", "alert");
    else this.hint.removeAttribute("role");
  }

  #grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight}px`;
  }

  #toggleIdeas() {
    if (!this.ideas.hidden) return this.#closeIdeas(true);
    fill(this.ideas, el("div.picker-title", {}, "Ideas"), exampleList(this.#app.hints(), (prompt) => this.useExample(prompt)));
    this.ideas.hidden = false;
    this.ideasButton.setAttribute("aria-expanded", "true");
    return this.ideas.querySelector("button")?.focus();
  }

  #closeIdeas(back = false) {
    this.ideas.hidden = true;
    this.ideasButton.setAttribute("aria-expanded", "false");
    if (back) this.ideasButton.focus();
  }
}
