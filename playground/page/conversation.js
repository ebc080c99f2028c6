// The messages of one room for one person: keeps the list in step, the place in it, and what is new.

import { isPicture } from "./attachment.js";
import { el, fill, icon } from "./el.js";
import { MessageView } from "./message.js";
import { onMenuWish } from "./press.js";
import { refreshTimes } from "./prose.js";
import { compareIds, timeOf } from "./snowflake.js";
import { dayText, startOfDay } from "./time.js";
import { waitingLine } from "./waiting.js";

const NEAR_END_PX = 90;
const SAME_BREATH_MS = 5 * 60 * 1000;

/** app: {onOpen(pictures, index), onCommand(name), onGo(room, id), onRead(room), announce(words, shown), menu, welcome(room, empty) → node}. */
export class Conversation {
  #app;
  #session = null;
  #room = null;
  #views = new Map();
  #off = [];
  #pinned = true;
  #top = 0;
  #newFrom = null;
  #busy = false;
  #loading = null;

  constructor(root, app) {
    this.#app = app;
    this.list = el("ol.messages");
    this.welcome = el("div.welcome-slot");
    this.asks = el("div.asks");
    this.older = el("div.older");
    this.latest = el("button.latest", { type: "button", hidden: true, onclick: () => this.toEnd(true) });
    this.scroller = el("div.scroller", { tabindex: "0", role: "log", "aria-label": "Messages", "aria-live": "off" }, el("div.column", {}, this.older, this.welcome, this.list, this.asks));
    fill(root, this.scroller, this.latest);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const grown = new ResizeObserver(() => this.#pinned && this.toEnd());
    grown.observe(this.list);
    grown.observe(this.asks);
    grown.observe(this.scroller);
    setInterval(() => refreshTimes(this.list), 20000);
    window.addEventListener("focus", () => this.#read());
    onMenuWish(this.list, (at, target) => this.#menu(at, target));
  }

  /** Show a room as a person sees it. */
  show(session, room) {
    this.#leave();
    this.#session = session;
    this.#room = room;
    this.#views = new Map();
    fill(this.list);
    this.#newFrom = room.unread > 0 ? room.lastRead : null;
    this.#pinned = true;
    this.#off = [
      session.on("message", (event) => event.room === room && this.#message(event)),
      session.on("history", (changed) => changed === room && this.#redraw()),
      session.on("asks", (messageId) => this.#asksChanged(messageId)),
    ];
    this.#redraw();
    this.#asksChanged(null);
    this.toEnd();
    this.#loading = room.loaded ? null : this.#load();
    if (room.loaded) this.#read();
  }

  /** Go to the newest message. */
  toEnd(smooth = false) {
    this.#pinned = true;
    const empty = this.welcome.dataset.state === "empty";
    this.scroller.scrollTo({ top: empty ? 0 : this.scroller.scrollHeight, behavior: smooth ? "smooth" : "instant" });
  }

  /** Bring a message into view and mark it for a moment; reads older ones when need be. */
  async jump(id) {
    await this.#loading;
    for (let page = 0; page < 8 && !this.#views.has(id); page += 1) {
      if (!(await this.#session.loadOlder(this.#room).catch(() => false))) break;
    }
    const view = this.#views.get(id);
    if (!view) return this.#app.announce("That message is not here any more.", true);
    this.#pinned = false;
    view.element.scrollIntoView({ block: "center", behavior: "smooth" });
    view.element.classList.remove("found");
    requestAnimationFrame(() => view.element.classList.add("found"));
    view.element.focus({ preventScroll: true });
    return null;
  }

  #leave() {
    this.#off.forEach((off) => off());
  }

  async #load() {
    const [session, room] = [this.#session, this.#room];
    const isLeft = () => session !== this.#session || room !== this.#room;
    fill(this.older, el("div.loading", { role: "status" }, "Reading the room…"));
    try {
      await session.loadLatest(room);
    } catch (error) {
      if (isLeft()) return;
      fill(this.older, el("p.failure", { role: "alert" }, icon("warning"), el("span", {}, `This room could not be read: ${error.message}.`),
        el("button.quiet", { type: "button", onclick: () => this.#load() }, "Try again")));
      return;
    }
    if (isLeft()) return;
    this.toEnd();
    this.#read();
  }

  #message({ kind, message }) {
    if (kind === "delete") this.#drop(message.id);
    else if (this.#views.has(message.id)) return this.#views.get(message.id).update(message);
    else this.#arrived(message);
    this.#arrange();
    if (this.#pinned) this.toEnd();
    return null;
  }

  #drop(id) {
    const view = this.#views.get(id);
    if (!view) return;
    if (view.element.contains(document.activeElement)) this.scroller.focus({ preventScroll: true });
    view.element.remove();
    this.#views.delete(id);
  }

  #arrived(message) {
    const mine = message.author.id === this.#session.person.id;
    const unseen = !this.#pinned || !document.hasFocus();
    if (mine) this.#newFrom = null;
    else if (unseen && this.#newFrom === null) this.#newFrom = this.#room.lastRead;
    const view = this.#view(message);
    view.element.classList.add("arriving");
    this.#place();
    if (mine) this.#pinned = true;
    this.#read();
  }

  #redraw() {
    fill(this.older, this.#olderButton());
    const height = this.scroller.scrollHeight - this.scroller.scrollTop;
    const messages = this.#room.inOrder();
    const ids = new Set(messages.map((message) => message.id));
    for (const id of [...this.#views.keys()]) if (!ids.has(id)) this.#drop(id);
    for (const message of messages) this.#view(message).update(message);
    this.#place();
    this.#arrange();
    if (!this.#pinned) this.scroller.scrollTop = this.scroller.scrollHeight - height;
  }

  #olderButton() {
    if (!this.#room.loaded || this.#room.complete) return null;
    return el("button.quiet", { type: "button", onclick: () => this.#loadOlder() }, "Show older messages");
  }

  async #loadOlder() {
    if (this.#busy || !this.#room.loaded || this.#room.complete) return;
    this.#busy = true;
    this.#pinned = false;
    await this.#session.loadOlder(this.#room).catch(() => {});
    this.#busy = false;
  }

  #view(message) {
    let view = this.#views.get(message.id);
    if (!view) {
      view = new MessageView({
        session: this.#session, room: this.#room,
        onOpen: (shown, index) => this.#open(shown, index),
        onJump: (id) => this.jump(id),
        onGo: (room, id) => this.#app.onGo(room, id),
        onCommand: (name) => this.#app.onCommand(name),
        onMenu: (at, shown) => this.#app.menu.open(at, this.#about(shown)),
        onSigns: (at, shown) => this.#app.menu.openSigns(at, this.#about(shown)),
        onReact: (shown, emoji) => this.#app.menu.react(this.#about(shown), emoji),
      }, message);
      this.#views.set(message.id, view);
    }
    return view;
  }

  #about(message) {
    return { session: this.#session, room: this.#room, message };
  }

  #menu(at, target) {
    const message = this.#room.messages.get(target.closest(".message")?.dataset.id);
    if (message) this.#app.menu.open(at, this.#about(message), target);
  }

  /** The control of a message that has this key, for the focus to go back to. */
  control(messageId, key) {
    return this.#views.get(messageId)?.element.querySelector(`[data-key="${CSS.escape(key ?? "")}"]`) ?? null;
  }

  /** Put every message at its place in time without touching those that stand right. */
  #place() {
    let at = this.list.firstElementChild;
    for (const message of this.#room.inOrder()) {
      const { element } = this.#views.get(message.id) ?? {};
      if (!element) continue;
      while (at?.classList.contains("divider")) at = at.nextElementSibling;
      if (at === element) at = at.nextElementSibling;
      else this.list.insertBefore(element, at);
    }
  }

  /** Day headings, the line above what is new, and which messages follow on one another. */
  #arrange() {
    for (const divider of this.list.querySelectorAll(".divider")) divider.remove();
    let before = null;
    let marked = this.#newFrom === null;
    for (const message of this.#room.inOrder()) {
      const view = this.#views.get(message.id);
      if (!view) continue;
      const newDay = !before || startOfDay(timeOf(before.id)) !== startOfDay(timeOf(message.id));
      const isNew = !marked && compareIds(message.id, this.#newFrom) > 0;
      marked ||= isNew;
      if (newDay) view.element.before(el("li.divider.day", {}, el("span", {}, dayText(timeOf(message.id)))));
      if (isNew) view.element.before(el("li.divider.new", {}, el("span", {}, "New")));
      view.element.classList.toggle("follows", !newDay && !isNew && followsOn(before, message));
      before = message;
    }
    const empty = this.#room.loaded && !before;
    this.list.hidden = !before;
    this.#welcome(empty);
    this.#latestButton();
  }

  #welcome(empty) {
    const state = this.#room.complete ? (empty ? "empty" : "begun") : "";
    if (this.welcome.dataset.state === state && this.welcome.dataset.room === this.#room.id) return;
    Object.assign(this.welcome.dataset, { state, room: this.#room.id });
    fill(this.welcome, state && this.#app.welcome(this.#room, empty));
    if (empty) this.toEnd();
  }

  #asksChanged(messageId) {
    if (messageId) this.#views.get(messageId)?.refreshAsks();
    fill(this.asks, this.#session.asks.commandsIn(this.#room.id).map((ask) => waitingLine(ask, this.#session)));
    if (this.#pinned) this.toEnd();
  }

  #open(message, index) {
    const pictures = this.#room.inOrder().flatMap((one) => picturesOf(one, this.#session));
    const wanted = picturesOf(message, this.#session).findIndex((picture) => picture.index === index);
    const at = pictures.findIndex((picture) => picture.messageId === message.id) + Math.max(0, wanted);
    this.#app.onOpen(pictures, at);
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    const upwards = scrollTop < this.#top - 2;  // what grows below is no reason to let go of the end
    this.#top = scrollTop;
    if (atEnd || upwards) this.#pinned = atEnd;
    if (this.#pinned) this.#read();
    if (scrollTop < 200 && this.#room?.loaded && !this.#room.complete && scrollHeight > clientHeight + 300) this.#loadOlder();
    this.#latestButton();
  }

  #read() {
    if (!this.#room || !this.#pinned || !document.hasFocus() || !this.#room.loaded) return;
    if (this.#room.markRead()) this.#app.onRead(this.#room);
  }

  #latestButton() {
    this.latest.hidden = this.#pinned;
    const { unread } = this.#room;
    fill(this.latest, icon("down"), unread ? `${unread} new` : "Newest");
  }
}

function followsOn(before, message) {
  if (!before || before.author.id !== message.author.id || message.message_reference || message.interaction) return false;
  return (before.flags & 64) === (message.flags & 64) && timeOf(message.id) - timeOf(before.id) < SAME_BREATH_MS;
}

/** Every picture of a message for the lightbox: attachments, then embed pictures. */
function picturesOf(message, session) {
  const files = (message.attachments ?? []).map((file, index) => ({ file, index })).filter(({ file }) => isPicture(file));
  const boxes = (message.embeds ?? []).map((embed, i) => ({ image: embed.image, index: (message.attachments ?? []).length + i })).filter(({ image }) => image?.url);
  const slots = (message.components ?? []).some((row) => row.components?.some((one) => one.label === "U1"));
  const facts = { messageId: message.id, text: message.content ?? "", names: session.names, slots };
  return [
    ...files.map(({ file, index }) => ({ ...facts, index, url: file.url, name: file.filename, size: file.size, width: file.width, height: file.height })),
    ...boxes.map(({ image, index }) => ({ ...facts, index, url: image.proxy_url ?? image.url, name: "picture", width: image.width, height: image.height })),
  ];
}
