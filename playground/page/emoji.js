// Signs in buttons, lists and reactions: well-known ones as our own line icons, so that they look the same everywhere.

import { el, icon } from "./el.js";

const DRAWN = {
  "🔄": "redraw", "❤": "heart", "🪄": "wand", "🖌": "brush", "🔍": "search", "⬅": "arrowLeft", "➡": "send", "⬆": "arrowUp", "⬇": "arrowDown", "🎞": "film", "↔": "wide", "↕": "tall",
  "✉": "letter", "❌": "cross", "⭐": "star", "⚡": "bolt", "👥": "people", "🎛": "sliders", "🔧": "wrench", "↩": "undo", "🎉": "party", "⏫": "grow", "🌐": "globe",
};

const MEANING = {
  "🔄": "Draw this again", "❤": "Favourite", "⬅": "Extend to the left", "➡": "Extend to the right", "⬆": "Extend upwards", "⬇": "Extend downwards", "🎉": "All of them", "✉": "Send it to me", "🌐": "Open in the gallery",
};

/** Emoji for reactions: [sign, what it is called]. The first four mean something to Midjourney-style bots. */
export const REACTIONS = [
  ["❌", "cross: cancel or delete"], ["✉️", "letter: send to me"], ["⭐", "star"], ["❤️", "heart"],
  ["👍", "thumbs up"], ["👎", "thumbs down"], ["😍", "heart eyes"], ["😂", "tears of joy"], ["😮", "astonished"], ["😢", "crying"], ["🤔", "thinking"], ["🙏", "thanks"],
  ["👏", "clapping"], ["🎉", "party"], ["🔥", "fire"], ["✨", "sparkles"], ["🎨", "palette"], ["👀", "eyes"], ["💯", "hundred"], ["✅", "check"],
  ["🚀", "rocket"], ["🌈", "rainbow"], ["🐱", "cat"], ["🦊", "fox"],
];
export const QUICK = REACTIONS.slice(0, 4);

const bare = (sign) => String(sign).replace(/\ufe0f/g, "");

/** The meaning of a sign that stands alone on a button, or "". */
export const meaningOf = (sign) => MEANING[bare(sign)] ?? (keycap(sign) ? `Number ${keycap(sign)}` : "");

const keycap = (sign) => /^([0-9#*])\ufe0f?\u20e3$/.exec(sign)?.[1] ?? (sign === "🔟" ? "10" : null);

/** An emoji of the platform ({name, id}) or a sign as a node; decoration, so hidden from assistive technology. */
export function emojiView(emoji) {
  const sign = typeof emoji === "string" ? emoji : emoji?.id ? "" : emoji?.name;
  if (!sign) return null;
  const name = DRAWN[bare(sign)];
  if (name) return icon(name);
  return keycap(sign) ? el("span.keycap", { "aria-hidden": "true" }, keycap(sign)) : el("span.emoji", { "aria-hidden": "true" }, sign);
}
