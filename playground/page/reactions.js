// Reactions: what the gateway tells about them, and how they stand below a message.

import { el, icon } from "./el.js";
import { REACTIONS, emojiView } from "./emoji.js";

const keyOf = (emoji) => emoji.id ?? emoji.name;
const NAMES = new Map(REACTIONS);

/** A message's reactions after one was added (by = 1) or taken back (by = -1). */
export function counted(reactions, { emoji, user_id: userId }, by, myId) {
  const key = keyOf(emoji);
  const list = (reactions ?? []).map((one) => ({ ...one }));
  const known = list.find((one) => keyOf(one.emoji) === key);
  const one = known ?? { emoji, count: 0, me: false };
  if (!known) list.push(one);
  if (userId === myId && one.me === by > 0 && known) return list; // heard of already
  one.count += by;
  if (userId === myId) one.me = by > 0;
  return list.filter(({ count }) => count > 0);
}

/** Add or take back a reaction of this person. */
export function toggle(session, message, emoji) {
  const mine = (message.reactions ?? []).some((one) => keyOf(one.emoji) === keyOf(emoji) && one.me);
  const sign = encodeURIComponent(emoji.id ? `${emoji.name}:${emoji.id}` : emoji.name);
  const path = `/channels/${message.channel_id}/messages/${message.id}/reactions/${sign}/@me`;
  return mine ? session.api.delete(path) : session.api.put(path);
}

/** Reactions as buttons with counts. doer: {toggle(emoji), more(button)}. */
export function reactionsView(reactions, doer) {
  if (!reactions?.length) return null;
  return [...reactions.map((one) => reactionView(one, doer)),
    el("button.reaction.add", { type: "button", title: "Add a reaction", "aria-label": "Add a reaction", "aria-haspopup": "true", data: { key: "+" }, onclick: (event) => doer.more(event.currentTarget) }, icon("smile"))];
}

function reactionView({ emoji, count, me }, doer) {
  const name = NAMES.get(emoji.name)?.split(":")[0] ?? emoji.name ?? "emoji";
  const words = `${name}: ${count} ${count === 1 ? "reaction" : "reactions"}${me ? ", yours too. Press to take it back" : ". Press to react too"}`;
  return el("button.reaction", { type: "button", title: words, "aria-label": words, "aria-pressed": String(Boolean(me)), data: { key: keyOf(emoji) }, onclick: () => doer.toggle(emoji) },
    emojiView(emoji) ?? el("span", {}, `:${emoji.name}:`), el("span.reaction-count", {}, String(count)));
}
