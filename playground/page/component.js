// Shows buttons and choices under a message, with what they mean for those who meet them first.

import { el, icon } from "./el.js";
import { emojiView, meaningOf as meaningOfSign } from "./emoji.js";
import { safeUrl } from "./markdown.js";
import { Select, SELECTS, offers } from "./select.js";

const STYLE = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };
const PLACES = { 1: "top left", 2: "top right", 3: "bottom left", 4: "bottom right" };

/** The rows of a message. doer: {press(component, values), isPressing(customId), point(slot|null), session}. */
export function componentRows(components, doer) {
  return components.filter((row) => row && typeof row === "object").map((row) => {
    if (row.type === 1) return rowView((row.components ?? []).filter(Boolean), doer);
    return el("div.row.unknown", {}, `(A part of this message cannot be shown here: type ${row.type}.)`);
  });
}

/** A row stays one row on a phone: its buttons share the width. */
function rowView(components, doer) {
  const isButtons = components.every((one) => one.type === 2);
  const isShort = isButtons && components.length > 3 && components.every((one) => labelOf(one).length <= 3);
  return el(`div.row${isButtons ? ".buttons" : ""}${isShort ? ".even" : ""}`, {}, components.map((component) => oneView(component, doer)));
}

const labelOf = (component) => String(component.label ?? "").replace(/\u200b/g, "").trim();

function oneView(component, doer) {
  if (component.type === 2) return buttonView(component, doer);
  if (SELECTS[component.type]) return selectView(component, doer);
  return el("span.unknown", {}, `(A part of this message cannot be shown here: type ${component.type}.)`);
}

function buttonView(component, doer) {
  const label = labelOf(component);
  const emoji = component.emoji?.name ?? "";
  const meaning = meaningOf(label, emoji);
  const sign = emojiView(component.emoji);
  const inside = [sign, label ? el("span", {}, label) : !sign && component.style !== 5 && el("span", {}, emoji ? `:${emoji}:` : "…")];
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
  return label ? "" : meaningOfSign(emoji);
}

function linkButton(component, inside, words) {
  if (!safeUrl(component.url ?? "")) return null;
  return el("a.chat-button", { href: component.url, target: "_blank", rel: "noopener noreferrer", "aria-label": `${words || "Open"} (opens a new tab)`, data: { style: "link" } }, inside, icon("external"));
}

function selectView(component, doer) {
  const waiting = doer.isPressing(component.custom_id);
  const select = new Select(component, { options: offers(component, doer.session), disabled: Boolean(component.disabled) || waiting, onChoose: (values) => doer.press(component, values) });
  if (waiting) select.button.setAttribute("aria-busy", "true");
  return select.element;
}
