// What can be done with a message: react, use the app's message commands, copy things of it.

import { isPicture } from "./attachment.js";
import { copyText } from "./clipboard.js";
import { targetData } from "./commands.js";
import { EmojiPicker, signButton } from "./emojipicker.js";
import { QUICK } from "./emoji.js";
import { el, icon } from "./el.js";
import { plainText } from "./markdown.js";
import { Menu } from "./menu.js";
import { toggle } from "./reactions.js";
import { isEphemeral, isThinking } from "./room.js";

/** app: {announce(words, shown), usePicture(url)}. */
export class MessageMenu {
  #app;
  #menu = new Menu();
  #signs = new EmojiPicker();

  constructor(app) {
    this.#app = app;
  }

  /** Open at {x, y} or an element, for a message of a room; target: what was pressed, maybe a picture or a link. */
  open(at, { session, room, message }, target = null) {
    const place = { session, room, message };
    this.#menu.open(at, "Message", [
      { top: (done) => this.#quick(place, at, done), items: [] },
      { label: "Apps", items: this.#apps(place) },
      { label: "Picture", items: this.#pictures(place, target) },
      { items: this.#words(place, target) },
    ].filter((group) => !group.top || canReact(message)));
  }

  /** The board of signs for a message. */
  openSigns(at, place) {
    this.#signs.open(at, (emoji) => this.react(place, emoji));
  }

  /** Add or take back a reaction; says so when that fails. */
  async react({ session, message }, emoji) {
    try {
      await toggle(session, message, emoji);
    } catch (error) {
      this.#app.announce(`That reaction could not be changed: ${error.message}.`, true);
    }
  }

  #quick(place, at, done) {
    const props = (act) => ({ role: "menuitem", tabindex: "-1", onclick: () => done(act) });
    return el("div.quick-signs", {}, QUICK.map((one) => signButton(one, props(() => this.react(place, { id: null, name: one[0] })))),
      el("button.sign", { type: "button", title: "Add another reaction", "aria-label": "Add another reaction", ...props(() => this.openSigns(at, place)) }, icon("smile")));
  }

  #apps({ session, room, message }) {
    if (isEphemeral(message)) return [];
    return session.messageCommandsIn(room).map((command) => ({
      words: command.name, icon: "app", hint: command.app,
      act: () => session.asks.command(room.id, command, async () => targetData(command, message.id), { title: command.name, words: plainText(message.content ?? "", session.names) }),
    }));
  }

  #pictures({ session, message }, target) {
    const url = pictureOf(message, target);
    if (!url) return [];
    const home = session.playground.home(url);
    return [
      { words: "Copy link of the picture", icon: "link", act: () => this.#copy(home, "The picture's link") },
      { words: "Use it in a prompt", icon: "brush", act: () => this.#app.usePicture(home) },
      { words: "Open it in a new tab", icon: "external", act: () => window.open(url, "_blank", "noopener") },
    ];
  }

  #words({ session, room, message }, target) {
    const link = target?.closest?.("a[href]")?.href;
    const words = message.content ?? "";
    return [
      link && { words: "Copy link", icon: "link", act: () => this.#copy(link, "The link") },
      words && { words: "Copy text", icon: "copy", act: () => this.#copy(words, "The text") },
      !isEphemeral(message) && { words: "Copy message link", icon: "link", act: () => this.#copy(session.addressOf(room, message.id), "The message's link") },
      isEphemeral(message) && { words: "Dismiss", icon: "close", act: () => session.dismiss(room, message) },
      isOwn(session, message) && { words: "Delete", icon: "trash", danger: true, act: () => this.#delete(session, message) },
    ].filter(Boolean);
  }

  async #copy(words, what) {
    const done = await copyText(words);
    this.#app.announce(done ? `${what} is copied.` : "The browser did not allow copying.", true);
  }

  async #delete(session, message) {
    try {
      await session.api.delete(`/channels/${message.channel_id}/messages/${message.id}`);
    } catch (error) {
      this.#app.announce(`That could not be deleted: ${error.message}.`, true);
    }
  }
}

export const canReact = (message) => !isEphemeral(message) && !isThinking(message);

const isOwn = (session, message) => message.author?.id === session.person.id;

/** The address of the picture that was meant: the one pressed, or the only one. */
function pictureOf(message, target) {
  const pressed = target?.closest?.(".picture, .embed-image")?.querySelector("img");
  if (pressed) return pressed.src;
  const pictures = (message.attachments ?? []).filter(isPicture);
  return pictures.length === 1 ? pictures[0].url : null;
}
