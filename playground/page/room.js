// One channel as one person sees it: its messages in order, and what they have not read.

import { compareIds } from "./snowflake.js";

/** How many messages one list has at most. */
export const PAGE = 50;

export class Room {
  messages = new Map();
  loaded = false;
  turn = 0; // of the newest request for the room's messages
  turnTaken = 0; // of the newest one whose answer was taken
  complete = false;
  lastRead = null;
  #fresh = new Map();
  #touched = new Map();
  #moment = 0;

  /** other: who is at the other end of a direct channel, else null. */
  constructor(channel, other = null) {
    this.id = channel.id;
    this.other = other;
    this.describe(channel);
  }

  /** Take over what the server says about the room. */
  describe({ name, topic, nsfw, position }) {
    const own = this.other && (this.other.global_name || this.other.username);
    Object.assign(this, { name: own ?? name ?? "room", topic: topic ?? "", nsfw: Boolean(nsfw), position: position ?? 0 });
  }

  get isDirect() {
    return this.other !== null;
  }

  /** How the room is named inside a sentence. */
  get words() {
    return this.isDirect ? `@${this.name}` : `#${this.name}`;
  }

  get unread() {
    return this.#fresh.size;
  }

  get mentions() {
    return [...this.#fresh.values()].filter(Boolean).length;
  }

  /** A message that this person has not seen yet. */
  addUnread(id, mentionsMe) {
    this.#fresh.set(id, mentionsMe);
  }

  remove(id) {
    this.#fresh.delete(id);
    this.messages.delete(id);
  }

  /** All messages, oldest first. */
  inOrder() {
    return [...this.messages.values()].sort((a, b) => compareIds(a.id, b.id));
  }

  /** True for a message older than all that are shown: showing it would leave a gap. */
  isBeforeShown(id) {
    const oldest = this.inOrder()[0];
    return !this.complete && oldest !== undefined && compareIds(id, oldest.id) < 0;
  }

  newest() {
    return this.inOrder().at(-1);
  }

  /** Note that the gateway has just told about a message: that is newer than any list asked for before. */
  touch(id) {
    this.#touched.set(id, (this.#moment += 1));
  }

  /** The moment to hand to mergeHistory for a list that is asked for now. */
  get moment() {
    return this.#moment;
  }

  /** Take a list asked for at a moment as the truth for its span, but keep ephemeral messages, which are never
   * listed, and whatever the gateway told since. */
  mergeHistory(list, { latest, asked }) {
    const stale = (id) => (this.#touched.get(id) ?? 0) <= asked;
    const listed = new Set(list.map((message) => message.id));
    const oldest = list[0]?.id;
    if (latest && list.length >= PAGE && !list.some(({ id }) => this.messages.has(id) && stale(id))) this.#forgetBefore(oldest);
    for (const [id, message] of latest ? [...this.messages] : []) {
      const covered = !oldest || compareIds(id, oldest) >= 0;
      if (covered && stale(id) && !listed.has(id) && !isEphemeral(message)) this.remove(id);
    }
    for (const message of list) if (stale(message.id)) this.messages.set(message.id, message);
  }

  /** More came than one list holds: what lies between it and the messages known before is to be read again with them. */
  #forgetBefore(oldest) {
    for (const id of [...this.messages.keys()]) if (compareIds(id, oldest) < 0) this.remove(id);
    this.complete = false;
  }

  /** Everything up to the newest message has been seen. */
  markRead() {
    const changed = this.#fresh.size > 0;
    this.lastRead = this.newest()?.id ?? this.lastRead;
    this.#fresh.clear();
    return changed;
  }
}

/** A room for a direct channel: its name is who is at the other end. */
export function directRoom(channel, users, myId) {
  const people = channel.recipients ?? (channel.recipient_ids ?? []).map((id) => users.get(id) ?? { id, username: "Somebody" });
  return new Room(channel, people.find(({ id }) => id !== myId) ?? { id: "0", username: "Somebody" });
}

export const isEphemeral = (message) => (message.flags & 64) !== 0;
export const isThinking = (message) => (message.flags & 128) !== 0;

/** Percent of an unfinished picture: 0–100, -1 while it waits, null for everything else. */
export function progressOf(message) {
  if (!message.author?.bot || isThinking(message)) return null;
  const tail = (message.content ?? "").slice((message.content ?? "").lastIndexOf("**") + 2);
  if (/\(Waiting to start\)/.test(tail)) return -1;
  const match = /\((\d{1,3})%\)/.exec(tail);
  return match ? Math.min(100, Number(match[1])) : null;
}
