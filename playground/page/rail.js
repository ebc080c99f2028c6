// The side panel: who you are, and the rooms.

import { avatar } from "./avatar.js";
import { el, fill, icon } from "./el.js";

/** The people to be. people: [{person, user, session|null}]; onPick(person). */
export class People {
  constructor(root, onPick) {
    this.root = root;
    this.onPick = onPick;
  }

  draw(people, current) {
    const focused = document.activeElement?.closest?.(".person")?.dataset.id;
    fill(this.root, people.map(({ person, user, session }) => this.#row(person, user, session, person.id === current.id)));
    if (focused) this.root.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  }

  #row(person, user, session, isCurrent) {
    const waiting = isCurrent ? 0 : session?.mentions ?? 0;
    return el("li", {}, el("button.person", {
      type: "button", data: { id: person.id }, "aria-pressed": String(isCurrent), title: isCurrent ? `You are ${person.name}` : `Become ${person.name}`, onclick: () => this.onPick(person),
    }, avatar(user), el("span.person-words", {}, el("span.person-name", {}, person.name.replace(/\s*\(.*\)$/, "")), el("span.person-role", {}, roleOf(person))), badge(waiting, "mention")));
  }
}

/** What sets this person apart, in a word or two. */
export function roleOf(person) {
  if (person.note) return person.note;
  const aside = /\(([^)]+)\)\s*$/.exec(person.name)?.[1];
  if (aside) return aside;
  return person.admin ? "admin" : "member";
}

/** The rooms of one person: those of the server, or their direct ones. onPick(room). */
export class Rooms {
  constructor(root, onPick) {
    this.root = root;
    this.onPick = onPick;
  }

  /** other: an app that can be written to, while there is no direct room with it. */
  draw(rooms, current, other = null) {
    const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    fill(this.root, rooms.map((room) => this.#row(room, room === current)), other && this.#row({ id: "new", name: other.global_name || other.username, other, isDirect: true, unread: 0, mentions: 0 }, false));
    if (focused) this.root.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  }

  #row(room, isCurrent) {
    const unread = room.unread > 0 && !isCurrent;
    const words = [room.name, room.mentions ? `${room.mentions} ${room.isDirect ? "unread" : "mentions"}` : unread && `${room.unread} unread`, room.nsfw && "age-restricted"].filter(Boolean).join(", ");
    return el("li", {}, el(`button.room${unread ? ".unread" : ""}`, {
      type: "button", data: { id: room.id }, "aria-label": words, "aria-current": isCurrent ? "page" : null, title: room.topic || null, onclick: () => this.onPick(room),
    }, room.other ? avatar(room.other, "small") : icon("room"), el("span.room-name", {}, room.name), room.nsfw && el("span.age", { title: "Age-restricted room" }, "18+"), isCurrent ? null : badge(room.mentions, room.isDirect ? "unread message" : "mention") ?? (unread && el("span.dot"))));
  }
}

function badge(count, word) {
  return count > 0 ? el("span.badge", { title: `${count} ${word}${count === 1 ? "" : "s"}` }, count > 99 ? "99+" : String(count)) : null;
}
