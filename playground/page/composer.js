// Where people write: plain words and files, or a slash command with its options as fields.

import { CommandForm } from "./commandform.js";
import { fileOptions, matchCommands, readTyped, textOption } from "./commands.js";
import { el, fill, icon } from "./el.js";
import { Ideas } from "./ideas.js";
import { newNonce } from "./snowflake.js";
import { Picker } from "./picker.js";
import { MOST, Tray } from "./tray.js";

const MOST_OFFERS = 3;

/** app: {hints(), onSent()}. */
export class Composer {
  #app;
  #session = null;
  #room = null;
  #past = [];
  #busy = false;
  #picker = new Picker();
  #off = () => {};

  constructor(root, app) {
    this.#app = app;
    this.command = new CommandForm({
      picker: this.#picker, place: () => ({ session: this.#session, room: this.#room }), say: (words, alarm) => this.#say(words, alarm),
      changed: () => this.#canSend(), leave: (words) => (this.#toText(words), this.text.focus(), this.#typed()),
    });
    this.tray = new Tray(() => this.#trayChanged());
    this.text = el("textarea.plain", { rows: "1", autocomplete: "off", enterkeyhint: "send", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-label": "Write a message or a slash command" });
    this.hint = el("div.hint", { id: "composer-hint" });
    this.send = el("button.send", { type: "submit", title: "Send (Enter)", "aria-label": "Send" }, icon("send"));
    this.#buildTools();
    this.form = el("form.composer", { novalidate: true, "aria-label": "Composer" }, this.#picker.element, this.ideas.element, this.hint, this.tray.element,
      el("div.box", {}, this.ideas.button, this.attachButton, this.chooser, this.text, this.command.element, this.send));
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.#submit()));
    this.form.addEventListener("keydown", (event) => this.#key(event));
    this.form.addEventListener("focusout", (event) => this.form.contains(event.relatedTarget) || this.#picker.close());
    this.text.addEventListener("input", () => this.#typed());
    fill(root, this.form);
    this.#toText();
  }

  #buildTools() {
    this.ideas = new Ideas(() => this.#app.hints(), (prompt) => this.useExample(prompt));
    this.chooser = el("input", { type: "file", multiple: true, hidden: true, onchange: () => this.#chose() });
    this.attachButton = el("button.tool.attach-button", { type: "button", title: "Add a picture or file", "aria-label": "Add a picture or file", onclick: () => this.chooser.click() }, icon("clip"));
  }

  /** Write as this person in this room; a command that they may not use is put away. */
  setContext(session, room) {
    const isOther = session !== this.#session;
    this.#session = session;
    this.#room = room;
    if (isOther) {
      this.#off();
      this.#off = session.on("commands", () => this.#commandsChanged());
      this.tray.clear();
      this.command.handOver();
    }
    this.#commandsChanged();
    this.#placeholder();
  }

  get #commands() {
    return this.#session.commandsIn(this.#room);
  }

  focus() {
    (this.command.command ? this.command : this.text).focus();
  }

  /** Begin writing with these words, unless a command is being filled in. */
  useText(words) {
    if (this.command.command || this.text.value) return this.focus();
    this.text.value = words;
    this.text.focus();
    return this.#typed();
  }

  /** Begin a command by its name, with values for some of its options. */
  useCommand(name, values = {}) {
    this.ideas.close();
    const command = this.#commands.find((one) => one.name === name);
    if (command) return this.#toCommand(command, values);
    this.#toText(`/${name} ${Object.values(values).join(" ")}`);
    const known = this.#session.isSlashCommand(name);
    return this.#say(known ? "That command is not for this room." : "That command is not there yet: the app registers its commands when it starts.", true);
  }

  #commandsChanged() {
    const { command } = this.command;
    if (command) {
      const now = this.#commands.find((one) => one.name === command.name);
      if (now) this.command.renew(now);
      else if (this.#session.commandsKnown) this.#toText();
    } else if (document.activeElement === this.text) this.#typed();
  }

  #placeholder() {
    const wide = window.matchMedia("(min-width: 640px)").matches;
    const { command } = this.#app.hints();
    this.text.placeholder = wide ? `Type /${command} and what you would like to see, or / for every command` : `/${command} and your words`;
  }

  // ── plain text ───────────────────────────────────────────────────────────

  #toText(words = "") {
    this.command.close();
    this.text.hidden = this.attachButton.hidden = false;
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
    const typed = readTyped(this.#commands, words);
    if (typed) return this.#toCommand(typed.command, typed.values);
    if (words.startsWith("/") && !words.includes("\n")) this.#offerCommands(words.slice(1));
    else this.#picker.close();
    if (this.tray.uploads.length) this.#offerFiles();
    else if (words.trim() && !words.startsWith("/")) this.#offerPaint();
    else this.#say("");
    return null;
  }

  #offerCommands(query) {
    const found = matchCommands(this.#commands, query, this.#app.hints().command);
    const items = found.map((command) => ({
      title: `/${command.name}`, value: command, description: command.description,
      tags: command.options.map((option) => ({ name: option.name, required: option.required })),
    }));
    const empty = this.#commands.length ? "No command fits. Delete back to / to see them all." : "No commands are registered yet. The app does that when it starts; this list fills by itself.";
    this.#picker.open(this.text, { label: found.length ? `Commands · ${found[0].app} · ${found.length}` : "Commands", items, empty }, (command) => this.#toCommand(command));
  }

  get #starter() {
    return this.#commands.find((one) => one.name === this.#app.hints().command);
  }

  /** Somebody who just types what they want to see is shown the way. */
  #offerPaint() {
    if (!this.#starter) return this.#say("");
    return this.#say([el("button.quiet", { type: "button", onclick: () => this.#paint() }, el("kbd", {}, "Tab"), ` paint this with /${this.#starter.name}`),
      el("span.or", {}, el("kbd", {}, "Enter"), this.#room.isDirect ? ` say it to ${this.#room.name}` : " say it to the room")]);
  }

  /** Plain words paint nothing, so the way to a picture stays one press away. */
  #offerSaid(words) {
    if (!this.#starter || !words) return;
    this.#say(["Said to the room.", el("button.quiet", { type: "button", onclick: () => this.useExample(words) }, `Paint it with /${this.#starter.name}`)]);
  }

  #paint() {
    this.useCommand(this.#starter.name, this.#firstOption(this.text.value));
  }

  #firstOption(words) {
    const option = this.#starter && textOption(this.#starter);
    return option ? { [option.name]: words } : {};
  }

  /** Put an example into the first option of the starter command. */
  useExample(prompt) {
    const values = this.#firstOption(prompt);
    this.useCommand(this.#app.hints().command, Object.keys(values).length ? values : { prompt });
  }

  /** Put the address of a picture before the words of a prompt. */
  usePicture(url) {
    if (this.command.command && this.command.insert(url)) return;
    this.useExample(`${url} ${this.command.command ? "" : this.text.value.replace(/^\/.*/, "")}`);
  }

  // ── files ────────────────────────────────────────────────────────────────

  /** Take files that were dropped, pasted or chosen: for the command's options, else beside the words. */
  takeFiles(files, target = null) {
    if (!files.length) return;
    if (!this.command.command) return void (this.tray.add(files, this.#here), this.text.focus());
    const rest = this.command.takesFiles ? this.command.takeFiles(files, target) : files;
    if (!rest.length) return;
    if (this.command.takesFiles) return void this.#say(`/${this.command.command.name} takes no more files.`, true);
    this.#linkFiles(rest);
  }

  get #here() {
    return { session: this.#session, room: this.#room };
  }

  #chose() {
    const files = [...this.chooser.files];
    this.chooser.value = "";
    this.takeFiles(files);
  }

  /** A command that takes words only gets the address of the picture, once it stands in the room. */
  #linkFiles(files) {
    if (!textOption(this.command.command)) return this.#say(`/${this.command.command.name} takes no files.`, true);
    const tray = new Tray(() => {});
    tray.add(files, this.#here);
    return this.#postForLink(tray, (url) => this.usePicture(url));
  }

  async #postForLink(tray, use) {
    this.#say("Posting the picture, to use its address…");
    const posted = await this.#post("", tray);
    if (posted) for (const file of (posted.attachments ?? []).toReversed()) use(file.url);
  }

  #trayChanged() {
    if (this.command.command) return;
    const failed = this.tray.uploads.find(({ state }) => state === "failed");
    this.#canSend();
    if (failed) this.#say(failed.reason, true);
    else this.#typed();
  }

  #offerFiles() {
    const { uploads } = this.tray;
    if (uploads.some(({ state }) => state === "failed")) return;
    const fitting = this.#commands.filter((command) => fileOptions(command).length >= uploads.length && fileOptions(command).filter(({ required }) => required).length <= Math.max(2, uploads.length)).slice(0, MOST_OFFERS);
    const what = uploads.length === 1 ? "it" : "them";
    const { leftOut } = this.tray;
    this.#say([leftOut > 0 && el("strong", {}, `A message has ${MOST} files at most: ${leftOut} left out.`), el("span", {}, el("kbd", {}, "Enter"), ` post ${what}`), el("span.or", {}, `or use ${what} with`),
      fitting.map((command) => el("button.quiet", { type: "button", onclick: () => this.#useFiles(command) }, `/${command.name}`)),
      this.#starter && textOption(this.#starter) && el("button.quiet", { type: "button", title: "Post it, and put its address into the prompt", onclick: () => this.#promptFiles() }, `/${this.#starter.name}`)]);
  }

  #useFiles(command) {
    const { uploads } = this.tray;
    const options = fileOptions(command);
    this.#toCommand(command, Object.fromEntries(uploads.map((upload, i) => [options[i].name, upload])));
    this.tray.clear();
  }

  #promptFiles() {
    const words = this.text.value;
    this.#postForLink(this.tray, (url) => this.usePicture(url));
    this.#toText(words);
  }

  // ── commands ─────────────────────────────────────────────────────────────

  #toCommand(command, values = {}) {
    this.text.hidden = this.attachButton.hidden = true;
    if (this.command.open(command, values)) return;
    this.send.focus();
    this.#say(command.description);
  }

  // ── keys and sending ─────────────────────────────────────────────────────

  #key(event) {
    if (event.isComposing || this.#picker.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && (event.target === this.text || this.command.sends(event.target))) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape") this.#escape(event);
    else if (event.target === this.text) this.#textKey(event);
    else if (this.command.command) this.command.key(event);
  }

  #textKey(event) {
    if (event.key === "Tab" && !event.shiftKey && this.text.value.trim() && !this.tray.uploads.length && this.hint.querySelector("button")) {
      event.preventDefault();
      this.#paint();
    } else if (event.key === "ArrowUp" && !this.text.value && this.#past.length) {
      event.preventDefault();
      const { name, values } = this.#past.at(-1);
      this.useCommand(name, values);
    }
  }

  #escape(event) {
    if (this.ideas.isOpen) this.ideas.close(true);
    else if (this.command.command) this.#toText(), this.text.focus();
    else if (this.tray.uploads.length) this.tray.clear();
    else return;
    event.preventDefault();
  }

  #canSend() {
    const ready = this.command.command ? this.command.isReady : this.text.value.trim() || this.tray?.uploads.length;
    this.send.classList.toggle("ready", Boolean(ready));
  }

  #submit() {
    if (this.#busy) return null;
    if (this.command.command) return this.#sendCommand();
    const words = this.text.value.trim();
    if (words.startsWith("/")) return this.#say(`There is no command “${words.split(/\s/)[0]}” for you here. Type / alone to see them all.`, true);
    if (!words && !this.tray.uploads.length) return this.text.focus();
    return this.#sendWords(words);
  }

  /** Files are waited for here, where they can be seen, so that what is sent is complete. */
  async #sendCommand() {
    const { command } = this.command;
    const fault = this.command.fault();
    if (fault) return this.#say(fault, true);
    const [build, words, values, room] = [this.command.builder(), this.command.words, this.command.values, this.#room];
    if (!(await this.#whileBusy(() => build(room.id))) || this.command.command !== command) return null;
    this.#past = [...this.#past.slice(-19), { name: command.name, values }];
    this.#session.asks.command(room.id, command, () => build(room.id), { words });
    this.#toText();
    this.text.focus();
    return this.#app.onSent();
  }

  async #whileBusy(work) {
    this.#busy = true;
    this.send.setAttribute("aria-busy", "true");
    try {
      return await work();
    } finally {
      this.#busy = false;
      this.send.removeAttribute("aria-busy");
    }
  }

  async #sendWords(words) {
    const { uploads } = this.tray;
    this.#toText();
    this.#app.onSent();
    const posted = await this.#post(words, this.tray);
    if (!posted && !this.text.value && !this.command.command) this.#again(words, uploads);
    else if (posted && !this.text.value && !this.command.command && !uploads.length) this.#offerSaid(words);
  }

  #again(words, uploads) {
    const said = [...this.hint.childNodes];
    this.tray.restore(uploads);
    this.text.value = words;
    this.#grow();
    this.#canSend();
    this.#say(said, true);
  }

  /** Post words and the files of a tray to the room; null when it failed, which is said. */
  async #post(words, tray) {
    const { session, room } = this.#here;
    try {
      const attachments = tray.uploads.length ? await this.#whileBusy(() => tray.slots(room.id)) : [];
      if (!attachments) throw new Error(tray.uploads.find(({ reason }) => reason)?.reason ?? "a file could not be sent");
      tray.clear();
      return await session.api.post(`/channels/${room.id}/messages`, { content: words, nonce: newNonce(), ...(attachments.length ? { attachments } : {}) });
    } catch (error) {
      this.#say(`That could not be said: ${error.message.replace(/\.$/, "")}.`, true);
      return null;
    }
  }

  #say(words, alarm = false) {
    fill(this.hint, words);
    this.hint.classList.toggle("alarm", alarm);
    this.hint.role = alarm ? "alert" : null;
  }

  #grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight}px`;
  }
}
