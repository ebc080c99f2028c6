// One message on the page; update() touches only the parts that changed.

import { AttachmentsView, isPicture } from "./attachment.js";
import { avatar } from "./avatar.js";
import { componentRows } from "./component.js";
import { el, fill, icon } from "./el.js";
import { embedView } from "./embed.js";
import { canReact } from "./messagemenu.js";
import { plainText } from "./markdown.js";
import { prose } from "./prose.js";
import { reactionsView } from "./reactions.js";
import { isEphemeral, isThinking, progressOf } from "./room.js";
import { timeOf } from "./snowflake.js";
import { clockText, fullText } from "./time.js";

const MENU_ANSWER = 23;
const LONGEST_THOUGHT_MS = 15 * 60 * 1000; // as long as an app may take for the answer that it announced

/** host: {session, room, onOpen(message, index), onJump(id), onGo(room, id), onCommand(name), onMenu(at, message), onSigns(at, message), onReact(message, emoji)}. */
export class MessageView {
  #host;
  #shown = {};
  #attachments;

  constructor(host, message) {
    this.#host = host;
    this.message = message;
    this.#attachments = new AttachmentsView((index) => host.onOpen(this.message, index));
    this.#build();
    this.update(message);
  }

  #build() {
    this.origin = el("div.origin");
    this.header = el("header.byline");
    this.content = el("div.content.prose");
    this.progress = el("div.progress");
    this.embeds = el("div.embeds");
    this.components = el("div.components");
    this.reactions = el("div.reactions");
    this.foot = el("div.foot");
    this.more = el("button.tool.message-more", { type: "button", title: "More: react, copy, apps", "aria-label": "More for this message", "aria-haspopup": "menu", onclick: () => this.#host.onMenu(this.more, this.message) }, icon("more"));
    this.body = el("div.body", {}, this.header, this.content, this.progress, this.#attachments.element, this.embeds, this.components, this.reactions, this.foot);
    this.face = el("div.face");
    this.element = el("li.message", { data: { id: this.message.id }, tabindex: "-1" }, this.origin, this.face, this.more, this.body);
  }

  /** Show the message as it is now. */
  update(message) {
    this.message = message;
    const { session } = this.#host;
    const mine = !this.#host.room.isDirect && session.isMentioned(message) && message.author?.id !== session.person.id && progressOf(message) === null;
    this.element.classList.toggle("mentions-me", mine && !isEphemeral(message));
    this.element.classList.toggle("ephemeral", isEphemeral(message));
    this.#part("origin", [message.type, message.interaction?.name, message.message_reference, message.referenced_message?.content, message.referenced_message === null], () => this.#origin());
    this.#part("byline", [message.author], () => this.#byline());
    this.#part("content", [message.content, message.flags, message.mentions?.length], () => this.#content());
    this.#part("progress", [progressOf(message)], () => this.#progress());
    this.#part("attachments", [message.attachments], () => this.#attachments.update(message.attachments ?? [], this.alt()));
    this.#part("embeds", [message.embeds], () => fill(this.embeds, (message.embeds ?? []).map((embed, i) => this.#embed(embed, i))));
    this.#part("reactions", [message.reactions], () => this.#reactions());
    this.#part("foot", [isEphemeral(message)], () => this.#foot());
    this.refreshAsks();
  }

  /** Show again which buttons wait and which press failed. */
  refreshAsks() {
    const { asks } = this.#host.session;
    const press = asks.pressOn(this.message.id);
    this.#part("components", [this.message.components, press?.state, press?.customId, press?.reason], () => this.#components(press));
  }

  /** Words for the pictures, for those who do not see them. */
  alt() {
    const words = plainText(this.message.content ?? "", this.#host.session.names);
    return words ? `Picture: ${words.slice(0, 300)}` : "Picture";
  }

  #part(name, facts, draw) {
    const now = JSON.stringify(facts);
    if (this.#shown[name] === now) return;
    this.#shown[name] = now;
    try {
      draw();
    } catch (error) {
      console.warn(`The ${name} of message ${this.message.id} cannot be shown:`, error);
    }
  }

  #reactions() {
    const { message } = this;
    const focused = this.reactions.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    fill(this.reactions, canReact(message) && reactionsView(message.reactions, {
      toggle: (emoji) => this.#host.onReact(this.message, emoji), more: (at) => this.#host.onSigns(at, this.message),
    }));
    if (focused) [...this.reactions.children].find((one) => one.dataset.key === focused)?.focus({ preventScroll: true });
  }

  #byline() {
    const { author, id } = this.message;
    const at = timeOf(id);
    fill(this.face, avatar(author));
    fill(this.header,
      el("span.author", {}, this.#host.session.nameOf(author.id) ?? author.username),
      author.bot && el("span.tag", {}, "App"),
      el("time.when", { datetime: new Date(at).toISOString(), title: fullText(at) }, clockText(at)));
  }

  #origin() {
    const { message } = this;
    const used = message.interaction?.name;
    if (used && message.type === MENU_ANSWER) fill(this.origin, this.#usedCommand(), message.message_reference && this.#reference());
    else if (message.message_reference) fill(this.origin, this.#reference());
    else if (used) fill(this.origin, this.#usedCommand());
    else fill(this.origin);
    this.element.classList.toggle("has-origin", this.origin.childNodes.length > 0);
  }

  #usedCommand() {
    const { user, name } = this.message.interaction;
    const { session, onCommand } = this.#host;
    const words = this.message.type !== MENU_ANSWER
      ? el("button.mention", { type: "button", title: "Use this command too", onclick: () => onCommand(name) }, `/${name}`) : el("span.mention", {}, name);
    return [avatar(user, "tiny"), el("span.origin-name", {}, session.nameOf(user.id) ?? user.username), " used ", words];
  }

  #reference() {
    const { referenced_message: original, message_reference: reference } = this.message;
    if (!original) return original === null && this.message.author.bot ? [] : [icon("reply"), el("em", {}, original === null ? "The message this answers is gone" : "An earlier message")];
    const { session } = this.#host;
    const words = plainText(original.content ?? "", session.names).slice(0, 160) || ((original.attachments?.length && "A picture") || "A message");
    const picture = (original.attachments ?? []).find(isPicture);
    return el("button.reference", { type: "button", title: "Go to that message", onclick: () => this.#host.onJump(reference.message_id) },
      icon("reply"), picture && el("img.reference-picture", { src: picture.url, alt: "", loading: "lazy" }),
      el("span.origin-name", {}, session.nameOf(original.author.id) ?? original.author.username), el("span.reference-words", {}, words));
  }

  #content() {
    const { message } = this;
    if (isThinking(message) && !message.content) {
      const isLost = Date.now() - timeOf(message.id) > LONGEST_THOUGHT_MS;
      fill(this.content, isLost ? el("p.failure", {}, icon("warning"), el("span", {}, "The app has not answered."))
        : el("span.thinking", {}, el("span.dots", { "aria-hidden": "true" }, el("i"), el("i"), el("i")), "thinking…"));
      return;
    }
    const { session } = this.#host;
    fill(this.content, prose(message.content ?? "", this.#names()));
    for (const node of this.content.querySelectorAll(`[data-user="${session.person.id}"]`)) node.classList.add("me");
  }

  #progress() {
    const percent = progressOf(this.message);
    if (percent === null) return fill(this.progress);
    const bar = this.progress.firstElementChild ?? el("div.bar", { role: "progressbar", "aria-label": "Progress", "aria-valuemin": "0", "aria-valuemax": "100" }, el("i"));
    bar.classList.toggle("waiting", percent < 0);
    if (percent < 0) bar.removeAttribute("aria-valuenow");
    else bar.setAttribute("aria-valuenow", String(percent));
    bar.style.setProperty("--done", String(Math.max(0, percent) / 100));
    if (!bar.isConnected) fill(this.progress, bar);
    return null;
  }

  #embed(embed, index) {
    return embedView(embed, this.#names(), () => this.#host.onOpen(this.message, (this.message.attachments ?? []).length + index));
  }

  #names() {
    const { session, onCommand, onGo } = this.#host;
    const place = (href) => {
      const found = session.placeOf(href);
      return found && { words: `${found.room.words}${found.messageId ? " › message" : ""}`, go: () => onGo(found.room, found.messageId) };
    };
    return { ...session.names, onCommand, place };
  }

  #components(press) {
    const { asks } = this.#host.session;
    const focused = this.components.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const rows = componentRows(this.message.components ?? [], {
      press: (component, values) => asks.press(this.message, component, values),
      isPressing: (customId) => asks.isPressing(this.message.id, customId),
      point: (slot) => this.#point(slot),
      session: this.#host.session,
    });
    this.#point(null);
    fill(this.components, rows, press?.state === "failed" && this.#failure(press));
    if (focused) this.components.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  #failure(press) {
    return el("p.failure", { role: "alert" }, icon("warning"), el("span", {}, press.reason),
      el("button.quiet", { type: "button", onclick: () => press.again() }, "Try again"),
      el("button.quiet", { type: "button", onclick: () => this.#host.session.asks.drop(press) }, "Dismiss"));
  }

  #point(slot) {
    if (slot) this.#attachments.element.dataset.slot = slot;
    else delete this.#attachments.element.dataset.slot;
  }

  #foot() {
    if (!isEphemeral(this.message)) return fill(this.foot);
    const { session, room } = this.#host;
    return fill(this.foot, icon("eye"), "Only you can see this", el("span.separator", { "aria-hidden": "true" }, "·"),
      el("button.quiet", { type: "button", onclick: () => session.dismiss(room, this.message) }, "Dismiss"));
  }
}
