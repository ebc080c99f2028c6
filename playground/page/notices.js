// Tells people what happened elsewhere: a note in the corner, the window's title, the system, and screen readers.

import { avatar } from "./avatar.js";
import { el, fill } from "./el.js";
import { keep, kept } from "./kept.js";
import { plainText } from "./markdown.js";

const NOTE_MS = 7000;
const KEY = "easel.notify";

export class Notices {
  #base = document.title;

  constructor(root, announcer) {
    this.root = root;
    this.announcer = announcer;
    this.system = kept(KEY) === "on" && globalThis.Notification?.permission === "granted";
  }

  /** Say something to screen readers; shown = also as a note. */
  announce(words, shown = false) {
    fill(this.announcer, words);
    if (shown) this.#note(el("span", {}, words));
  }

  /** A message that speaks to somebody who is not looking at it; returns who says what to whom. */
  mention({ session, room, message, go }) {
    const who = session.nameOf(message.author.id) ?? "Somebody";
    const words = plainText(message.content ?? "", session.names).slice(0, 140);
    const where = room.isDirect ? `${who} to ${session.person.name} alone` : `${who} to ${session.person.name}, ${room.words}`;
    this.#note(el("button.note-button", { type: "button", onclick: go }, avatar(message.author, "small"),
      el("span.note-words", {}, el("strong", {}, where), el("span", {}, words || "A message"))));
    if (this.system && document.hidden) this.#toSystem(room.isDirect ? who : `${who} in ${room.words}`, words, message.id, go);
    return `${where}: ${words || "a message"}`;
  }

  /** Unread mentions in the window's title. */
  title(mentions, unread) {
    document.title = mentions ? `(${mentions}) ${this.#base}` : unread ? `• ${this.#base}` : this.#base;
  }

  /** Turn system notifications on or off; asks the browser the first time. */
  async toggleSystem() {
    if (!this.system && globalThis.Notification) this.system = (await Notification.requestPermission()) === "granted";
    else this.system = false;
    keep(KEY, this.system ? "on" : "off");
    return this.system;
  }

  #toSystem(title, body, tag, go) {
    const note = new Notification(title, { body, tag, icon: "mark.svg" });
    note.onclick = () => (window.focus(), go(), note.close());
  }

  #note(inside) {
    const note = el("div.note", {}, inside);
    this.root.append(note);
    while (this.root.childElementCount > 3) this.root.firstElementChild.remove();
    const fade = () => (note.matches(":hover, :focus-within") ? setTimeout(fade, NOTE_MS) : note.remove());
    note.addEventListener("click", () => note.remove());
    setTimeout(fade, NOTE_MS);
  }
}
