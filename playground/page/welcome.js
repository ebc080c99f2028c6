// What an empty room says: what this is, what to type, and examples to press.

import { el } from "./el.js";

const BUILT_IN = {
  title: "Paint something with words",
  lines: ["Type what you would like to see. Four pictures appear here, and the buttons below them take you further: enlarge one, vary it, draw again."],
  examples: [
    "a red boat on the sea at sunset, watercolor",
    "a robot and a cat under a big moon",
    "three balloons over a mountain, flat colours",
    "a glass fish in deep blue water",
    "a little house in a snowy forest at night",
    "a neon city in the rain --ar 16:9",
    "a mushroom with a tiny door, pixel art",
    "a rocket between two clouds, sketch",
  ],
  note: "",
  command: "imagine",
};

/** The hints of the server over the built-in ones; whatever is missing or of the wrong kind is left out. */
export function readHints(given) {
  const texts = (value) => (Array.isArray(value) ? value : typeof value === "string" ? [value] : []).filter((one) => typeof one === "string" && one.trim());
  const examples = (Array.isArray(given?.examples) ? given.examples : []).map(readExample).filter(Boolean);
  const text = (value, fallback) => (typeof value === "string" ? value : fallback);
  return {
    title: text(given?.title, BUILT_IN.title),
    lines: given?.lines ? texts(given.lines) : BUILT_IN.lines,
    examples: (examples.length ? examples : BUILT_IN.examples.map(readExample)).slice(0, 12),
    note: text(given?.note, BUILT_IN.note),
    command: text(given?.command, BUILT_IN.command),
  };
}

function readExample(example) {
  if (typeof example === "string" && example.trim()) return { prompt: example, label: example };
  if (typeof example?.prompt === "string" && example.prompt.trim()) return { prompt: example.prompt, label: typeof example.label === "string" ? example.label : example.prompt };
  return null;
}

/** The welcome of an empty room. onExample(prompt) when one is pressed. */
export function welcomeView(hints, onExample) {
  return el("section.welcome", { "aria-labelledby": "welcome-title" },
    el("img.welcome-mark", { src: "mark.svg", alt: "", width: "56", height: "56" }),
    el("h2", { id: "welcome-title" }, hints.title),
    hints.lines.map((line) => el("p", {}, line)),
    el("p.welcome-how", {}, el("kbd", {}, `/${hints.command}`), " and your words, then ", el("kbd", {}, "Enter"), ". Or press one of these:"),
    exampleList(hints, onExample),
    hints.note && el("p.welcome-note", {}, hints.note));
}

/** Where a room's past begins, once it has one. */
export function beginningView(room) {
  return el("p.beginning", {}, room.isDirect ? `This is where your talk with ${room.name} begins. Nobody else reads it.` : `This is where ${room.words} begins.`);
}

/** Examples as a list of buttons. */
export function exampleList(hints, onExample) {
  return el("ul.examples", {}, hints.examples.map(({ prompt, label }, i) => el("li", {},
    el("button.example", { type: "button", title: prompt, data: { pigment: String(i % 6) }, onclick: () => onExample(prompt) }, el("span.daub", { "aria-hidden": "true" }), el("span", {}, label)))));
}
