// Turns a Markdown tree into DOM nodes; every piece of user text becomes a text node.

import { el } from "./el.js";
import { parse, parseInline, safeUrl } from "./markdown.js";
import { fullText, timestampText } from "./time.js";

/** A message's text as nodes. names: {user(id), channel(id), role(id)} → words;
 * place(href) → {words, go()} for addresses of messages here; onCommand(name) when one is pressed. */
export function prose(text, names = {}) {
  return nodesOf(parse(text), names);
}

/** One line of text as nodes, without headings, lists and quotes. */
export function proseLine(text, names = {}) {
  return nodesOf(parseInline(text), names);
}

/** Rewrite relative times below a node; called once in a while. */
export function refreshTimes(root) {
  for (const node of root.querySelectorAll("time[data-relative]")) {
    node.textContent = timestampText(Number(node.dataset.relative), "R");
  }
}

const nodesOf = (nodes, names) => nodes.map((node) => (typeof node === "string" ? keycaps(node) : build(node, names)));

/** Numbers in a box (1️⃣) as such, also where no font has them; everything else stays one text. */
function keycaps(text) {
  if (!text.includes("\u20e3")) return text;
  return text.split(/([0-9#*]\ufe0f?\u20e3)/).map((part, i) => (i % 2 ? el("span.keycap", {}, part[0]) : part));
}

function build(node, names) {
  const make = BUILDERS[node.kind];
  return make ? make(node, names) : nodesOf(node.children ?? [], names);
}

const wrap = (selector) => (node, names) => el(selector, {}, nodesOf(node.children, names));

const BUILDERS = {
  break: () => el("br"),
  bold: wrap("strong"),
  italic: wrap("em"),
  underline: wrap("u"),
  strike: wrap("s"),
  quote: wrap("blockquote"),
  small: wrap("span.small-print"),
  heading: (node, names) => el("span.heading", { role: "heading", "aria-level": node.level + 2, data: { level: node.level } }, nodesOf(node.children, names)),
  item: (node, names) => el("span.item", { data: { level: Math.min(2, Math.floor(node.level / 2)) } }, nodesOf(node.children, names)),
  code: (node) => el("code", {}, node.text),
  fence: (node) => el("pre", { tabindex: "0" }, el("code", {}, node.text)),
  spoiler,
  link,
  time,
  user: (node, names) => el("span.mention", { data: { user: node.id } }, `@${names.user?.(node.id) ?? "somebody"}`),
  role: (node, names) => el("span.mention", {}, `@${names.role?.(node.id) ?? "role"}`),
  channel: (node, names) => el("span.mention", {}, `#${names.channel?.(node.id) ?? "room"}`),
  everyone: (node) => el("span.mention", {}, `@${node.name}`),
  emoji: (node) => el("span.named-emoji", {}, `:${node.name}:`),
  command: (node, names) => el("button.mention", { type: "button", onclick: () => names.onCommand?.(node.name) }, `/${node.name}`),
};

function link(node, names) {
  if (!safeUrl(node.href)) return nodesOf(node.children, names);
  const place = names.place?.(node.href);
  if (place) return el("button.mention", { type: "button", title: "Go to that message", onclick: place.go }, node.masked ? nodesOf(node.children, names) : place.words);
  return el("a", { href: node.href, target: "_blank", rel: "noopener noreferrer", title: node.masked ? node.href : null }, nodesOf(node.children, names));
}

function time(node) {
  if (Math.abs(node.ms) > 8.64e15) return el("span", {}, "some day");
  const relative = node.style === "R" ? { relative: String(node.ms) } : {};
  return el("time", { datetime: new Date(node.ms).toISOString(), title: fullText(node.ms), data: relative }, timestampText(node.ms, node.style));
}

function spoiler(node, names) {
  const inner = el("span.spoiler-text", {}, nodesOf(node.children, names));
  const box = el("span.spoiler", { role: "button", tabindex: "0", "aria-label": "Hidden words, press to show", "aria-expanded": "false" }, inner);
  const show = (event) => {
    if (box.classList.contains("shown") || (event.type === "keydown" && !["Enter", " "].includes(event.key))) return;
    event.preventDefault();
    box.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label", "aria-expanded"]) box.removeAttribute(name);
  };
  box.addEventListener("click", show);
  box.addEventListener("keydown", show);
  return box;
}
