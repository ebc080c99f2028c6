// Puts the page together: people, rooms, the conversation, the composer, and what connects them.

import { loadHints, loadPlayground } from "./api.js";
import { avatar } from "./avatar.js";
import { Banner } from "./banner.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { Drawer } from "./drawer.js";
import { acceptFiles } from "./drop.js";
import { el, fill, icon } from "./el.js";
import { Forms } from "./form.js";
import { keep, kept } from "./kept.js";
import { Lightbox } from "./lightbox.js";
import { atThisWindow } from "./local.js";
import { plainText } from "./markdown.js";
import { MessageMenu } from "./messagemenu.js";
import { Notices } from "./notices.js";
import { People, Rooms, roleOf } from "./rail.js";
import { isThinking, progressOf } from "./room.js";
import { Session } from "./session.js";
import { Traffic } from "./traffic.js";
import { beginningView, readHints, welcomeView } from "./welcome.js";

const byId = (id) => document.getElementById(id);
const PERSON_KEY = "easel.person";
const THEME_WORDS = { auto: "as the system has it", light: "light", dark: "dark" };

class App {
  #sessions = new Map();
  #session = null;
  #room = null;
  #hints = readHints(null);

  constructor(playground) {
    this.playground = playground;
    this.traffic = new Traffic();
    this.lightbox = new Lightbox();
    this.notices = new Notices(byId("notes"), byId("announcer"));
    this.drawer = new Drawer(byId("drawer"), this.traffic);
    this.banner = new Banner(byId("banner"), () => this.#session.gateway.connect(), () => location.reload());
    this.people = new People(byId("people"), (person) => this.become(person));
    this.rooms = new Rooms(byId("rooms"), (room) => this.enter(room));
    this.direct = new Rooms(byId("direct"), (room) => this.#enterDirect(room));
    this.forms = new Forms();
    this.composer = new Composer(byId("composer"), { hints: () => this.#hints, onSent: () => this.conversation.toEnd() });
    this.conversation = new Conversation(byId("conversation"), {
      onOpen: (pictures, at) => this.lightbox.open(pictures, at),
      onCommand: (name) => this.composer.useCommand(name),
      onGo: (room, id) => this.#go(room, id),
      onRead: () => this.#drawRail(),
      announce: (words, shown) => this.notices.announce(words, shown),
      menu: new MessageMenu({ announce: (words, shown) => this.notices.announce(words, shown), usePicture: (url) => this.composer.usePicture(url) }),
      welcome: (room, empty) => (empty && !room.isDirect ? welcomeView(this.#hints, (prompt) => this.composer.useExample(prompt)) : beginningView(room)),
    });
    this.#wire();
  }

  async start() {
    this.#hints = readHints(await loadHints());
    const { people } = this.playground;
    this.become(people.find(({ id }) => id === kept(PERSON_KEY)) ?? people[0]);
    if (window.matchMedia("(pointer: fine)").matches) this.composer.focus();
    this.#goToAddress();
    window.addEventListener("hashchange", () => this.#goToAddress());
  }

  /** An address of a message that was opened in a new tab. */
  #goToAddress() {
    const found = this.#session.placeOf(location.href);
    if (found) this.#go(found.room, found.messageId);
    else if (location.hash.startsWith("#/channels/@me/") && !this.#session.ready) this.#goWhenReady();
  }

  /** Direct rooms are told by READY; once they are known, each later connection leaves people where they are. */
  #goWhenReady() {
    const off = this.#session.on("ready", () => (off(), this.#goToAddress()));
  }

  /** Go on as somebody else, in the same room if they may see it. */
  become(person) {
    keep(PERSON_KEY, person.id);
    const session = this.#sessionOf(person);
    const room = session.rooms.get(this.#room?.id) ?? [...session.rooms.values()][0];
    this.#session = session;
    session.connect();
    this.banner.show({ state: session.gateway.state, retryAt: null });
    fill(byId("you"), avatar(session.users.get(person.id), "small"), el("span", {}, person.name));
    byId("you").setAttribute("aria-label", `You are ${person.name}. Change.`);
    this.enter(room);
  }

  /** Show a room of the present person. */
  enter(room) {
    this.#room = room;
    this.#menu(false);
    byId("room-name").textContent = room.name;
    byId("room-topic").textContent = room.isDirect ? "Only the two of you read this" : room.topic;
    byId("room-age").hidden = !room.nsfw;
    this.conversation.show(this.#session, room);
    this.composer.setContext(this.#session, room);
    this.#drawRail();
  }

  async #enterDirect(room) {
    try {
      this.enter(room.id === "new" ? await this.#session.directWith(room.other.id) : room);
    } catch (error) {
      this.notices.announce(`Nothing can be said to ${room.name} alone: ${error.message}.`, true);
    }
  }

  /** Show a form; when it goes, the focus returns to what opened it. */
  #showForm(session, form) {
    if (session !== this.#session) return;
    this.forms.open(form, session, () => {
      const opener = this.conversation.control(form.from.messageId, form.from.customId);
      if (opener) opener.focus({ preventScroll: true });
      else this.composer.focus();
    });
  }

  #go(room, messageId) {
    if (room !== this.#room) this.enter(room);
    if (messageId) this.conversation.jump(messageId);
  }

  #sessionOf(person) {
    const known = this.#sessions.get(person.id);
    if (known) return known;
    const session = new Session(person, this.playground, this.traffic);
    this.#sessions.set(person.id, session);
    session.on("connection", (state) => session === this.#session && this.banner.show(state));
    session.on("unread", () => this.#roomsChanged(session));
    session.on("message", (event) => this.#heard(session, event));
    session.on("form", (form) => this.#showForm(session, form));
    return session;
  }

  #roomsChanged(session) {
    const gone = session === this.#session && !session.rooms.has(this.#room.id);
    if (gone && session.rooms.size) return this.enter([...session.rooms.values()][0]);
    if (session === this.#session && !this.#room.isDirect) byId("room-topic").textContent = this.#room.topic;
    if (session === this.#session) byId("room-age").hidden = !this.#room.nsfw;
    return this.#drawRail();
  }

  #heard(session, { kind, room, message }) {
    if (kind !== "create" || message.author?.id === session.person.id) return;
    const here = session === this.#session && room === this.#room;
    if (here) this.#readOut(session, message);
    const seen = here && document.hasFocus();
    const finished = !isThinking(message) && progressOf(message) === null;
    if (!seen && finished && session.isMeant(room, message)) {
      const go = () => (this.become(session.person), this.enter(room), this.conversation.jump(message.id));
      const words = this.notices.mention({ session, room, message, go });
      if (!here) this.notices.announce(words);
    }
  }

  #readOut(session, message) {
    const words = plainText(message.content ?? "", session.names) || plainText(message.embeds?.[0]?.title ?? "", session.names) || "a message";
    const pictures = message.attachments?.length ? `, with ${message.attachments.length === 1 ? "a picture" : `${message.attachments.length} files`}` : "";
    this.notices.announce(`${session.nameOf(message.author.id)}: ${words.slice(0, 200)}${pictures}`);
  }

  #drawRail() {
    const people = this.playground.people.map((person) => ({ person, session: this.#sessions.get(person.id) ?? null, user: this.#session.users.get(person.id) }));
    this.people.draw(people, this.#session.person);
    const rooms = [...this.#session.rooms.values()];
    const direct = rooms.filter((room) => room.isDirect);
    const { bot } = this.#session;
    this.rooms.draw(rooms.filter((room) => !room.isDirect), this.#room);
    this.direct.draw(direct, this.#room, bot && !direct.some((room) => room.other.id === bot.id) ? bot : null);
    const sessions = [...this.#sessions.values()];
    this.notices.title(sessions.reduce((sum, one) => sum + one.mentions, 0), this.#session.unread);
    byId("you").title = `You are ${this.#session.person.name} (${roleOf(this.#session.person)})`;
  }

  #wire() {
    fill(byId("menu"), icon("menu"));
    fill(byId("rail-close"), icon("close"));
    byId("menu").onclick = () => this.#menu(true);
    byId("you").onclick = () => this.#menu(true);
    byId("rail-close").onclick = () => this.#menu(false);
    byId("scrim").onclick = () => this.#menu(false);
    byId("show-traffic").onclick = () => (this.#menu(false), this.drawer.toggle());
    this.drawer.onToggle = (open) => this.#drawerToggled(open);
    this.#themeButton(globalThis.easelTheme.now);
    byId("theme").onclick = () => this.#themeButton(globalThis.easelTheme.next());
    this.#bellButton(this.notices.system);
    byId("bell").onclick = async () => this.#bellButton(await this.notices.toggleSystem());
    document.addEventListener("keydown", (event) => this.#key(event));
    acceptFiles((files, target) => this.composer.takeFiles(files, target));
  }

  /** What had the focus in the drawer is gone with it; the button that opened it is in the side panel, or behind the menu. */
  #drawerToggled(open) {
    byId("show-traffic").setAttribute("aria-expanded", String(open));
    if (!open) byId(isNarrow() ? "menu" : "show-traffic").focus();
  }

  #themeButton(theme) {
    const words = `Colours: ${THEME_WORDS[theme]}. Press to change.`;
    fill(byId("theme"), icon({ auto: "auto", light: "sun", dark: "moon" }[theme]));
    Object.assign(byId("theme"), { title: words, ariaLabel: words });
  }

  #bellButton(on) {
    const words = on ? "System notifications of mentions are on" : "System notifications of mentions are off";
    fill(byId("bell"), icon(on ? "bell" : "bellOff"));
    Object.assign(byId("bell"), { title: words, ariaLabel: words, ariaPressed: String(on) });
  }

  #menu(open) {
    const narrow = isNarrow();
    const leaves = !open && narrow && byId("rail").contains(document.activeElement);
    byId("app").classList.toggle("menu-open", open);
    byId("scrim").hidden = !open;
    byId("menu").setAttribute("aria-expanded", String(open));
    document.querySelector("main").inert = open && narrow;
    if (open && narrow) byId("rail-close").focus();
    if (leaves) byId("menu").focus();
  }

  #key(event) {
    const typing = event.target.closest?.("input, textarea, select, dialog[open], [popover]");
    if (event.key === "Escape" && byId("app").classList.contains("menu-open")) {
      this.#menu(false);
      byId("menu").focus();
    } else if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.composer.useText("/");
    } else if (!typing && event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) this.composer.focus();
  }
}

const isNarrow = () => window.matchMedia("(max-width: 860px)").matches;

async function start() {
  try {
    const app = new App(atThisWindow(await loadPlayground()));
    await app.start();
  } catch (error) {
    fill(byId("conversation"), el("section.welcome", {}, el("img.welcome-mark", { src: "mark.svg", alt: "", width: "56", height: "56" }),
      el("h2", {}, "The playground cannot be reached"), el("p", {}, `It said: ${error.message}. Open the address that it printed in the terminal, or start it again and reload this page.`),
      el("button.chat-button", { type: "button", data: { style: "primary" }, onclick: () => location.reload() }, "Reload")));
  }
}

start();
