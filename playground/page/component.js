// Shows buttons and choices under a message, with what they mean for those who meet them first.

import { el, icon } from "./el.js";
import { safeUrl } from "./markdown.js";

const STYLE = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };
const MEANING = {
  "🔄": "Draw this again", "❤️": "Favourite", "⬅️": "Extend to the left", "➡️": "Extend to the right", "⬆️": "Extend upwards",
  "⬇️": "Extend downwards", "🎉": "All of them", "✉️": "Send it to me",
};
const DRAWN = {
  "🔄": "redraw", "❤️": "heart", "🪄": "wand", "🖌️": "brush", "🔍": "search", "⬅️": "arrowLeft", "➡️": "send", "⬆️": "arrowUp", "⬇️": "arrowDown", "🎞️": "film",
};
const PLACES = { 1: "top left", 2: "top right", 3: "bottom left", 4: "bottom right" };

/** The rows of a message. doer: {press(component, values), isPressing(customId), point(slot|null)}. */
export function componentRows(components, doer) {
  return components.map((row) => {
    if (row.type === 1) return el(`div.row${isEven(row) ? ".even" : ""}`, {}, (row.components ?? []).map((component) => oneView(component, doer)));
    return el("div.row.unknown", {}, `(A part of this message cannot be shown here: type ${row.type}.)`);
  });
}

/** Rows of short buttons (U1 … 🔄) share a narrow screen evenly. */
const isEven = (row) => (row.components ?? []).length > 3 && row.components.every((one) => one.type === 2 && (one.label ?? "").length <= 3);

function oneView(component, doer) {
  if (component.type === 2) return buttonView(component, doer);
  if (component.type === 3 && (component.max_values ?? 1) === 1) return selectView(component, doer);
  return el("span.unknown", {}, `(A part of this message cannot be shown here: type ${component.type}.)`);
}

function buttonView(component, doer) {
  const label = (component.label ?? "").replace(/\u200b/g, "").trim();
  const emoji = component.emoji && !component.emoji.id ? component.emoji.name : "";
  const meaning = meaningOf(label, emoji);
  const inside = [emoji && emojiView(emoji), label && el("span", {}, label)];
  if (component.style === 5) return linkButton(component, inside, label || meaning);
  const waiting = doer.isPressing(component.custom_id);
  const node = el("button.chat-button", {
    type: "button",
    title: meaning || null,
    "aria-label": label ? (meaning ? `${label}: ${meaning}` : null) : meaning || emoji || "Button",
    "aria-busy": waiting ? "true" : null,
    "aria-disabled": waiting ? "true" : null,
    disabled: Boolean(component.disabled),
    data: { style: STYLE[component.style] ?? "secondary", key: component.custom_id },
    onclick: () => waiting || doer.press(component),
  }, inside);
  pointAt(node, label, doer);
  return node;
}

/** Well-known signs as our own line icons, so that they look the same everywhere; others as they are. */
function emojiView(emoji) {
  const name = DRAWN[emoji] ?? DRAWN[`${emoji}\ufe0f`];
  return name ? icon(name) : el("span.emoji", { "aria-hidden": "true" }, emoji);
}

/** While U2 or V2 is under the pointer, the second picture of the grid is marked. */
function pointAt(node, label, doer) {
  const slot = /^[UV]([1-4])$/.exec(label)?.[1];
  if (!slot) return;
  node.addEventListener("pointerenter", () => doer.point(slot));
  node.addEventListener("pointerleave", () => doer.point(null));
  node.addEventListener("focus", () => node.matches(":focus-visible") && doer.point(slot));
  node.addEventListener("blur", () => doer.point(null));
}

function meaningOf(label, emoji) {
  const slot = /^([UV])([1-4])$/.exec(label);
  if (slot) return `${slot[1] === "U" ? "Enlarge" : "Make variations of"} the ${PLACES[slot[2]]} picture`;
  return label ? "" : MEANING[emoji] ?? MEANING[`${emoji}\ufe0f`] ?? "";
}

function linkButton(component, inside, words) {
  if (!safeUrl(component.url ?? "")) return null;
  return el("a.chat-button", { href: component.url, target: "_blank", rel: "noopener noreferrer", "aria-label": `${words || "Open"} (opens a new tab)`, data: { style: "link" } }, inside, icon("external"));
}

function selectView(component, doer) {
  const chosen = component.options.find((option) => option.default)?.value ?? "";
  const node = el("select.chat-select", {
    disabled: Boolean(component.disabled) || doer.isPressing(component.custom_id),
    "aria-label": component.placeholder ?? "Choose",
    data: { key: component.custom_id },
    onchange: () => node.value && doer.press(component, [node.value]),
  }, el("option", { value: "" }, component.placeholder ?? "Choose…"), component.options.map(optionView));
  node.value = chosen;
  return node;
}

function optionView(option) {
  const emoji = option.emoji && !option.emoji.id ? `${option.emoji.name} ` : "";
  return el("option", { value: option.value, title: option.description ?? null }, emoji + option.label);
}
