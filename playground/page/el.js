// Builds DOM nodes; text only ever becomes text nodes, never markup.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element: el("button.primary", {type: "button", onclick}, "Send", otherNode). */
export function el(selector, props = {}, ...children) {
  const [tag, ...classes] = selector.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(props)) assign(node, name, value);
  append(node, children);
  return node;
}

function assign(node, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on") && typeof value === "function") node.addEventListener(name.slice(2), value);
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name === "value" || name === "checked") node[name] = value;
  else node.setAttribute(name, value === true ? "" : String(value));
}

/** Append nodes and strings, skipping nothing-values and flattening lists. */
export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false || child === "") continue;
    node.append(child);
  }
}

/** Replace everything inside a node. */
export function fill(node, ...children) {
  node.replaceChildren();
  append(node, children);
}

const PATHS = {
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  send: "M5 12h13M12.5 6l6 6-6 6",
  idea: "M9.5 18.5h5M10.5 21h3M8.4 14.6a5.6 5.6 0 1 1 7.2 0c-.8.7-1.1 1.2-1.1 2.1h-5c0-.9-.3-1.4-1.1-2.1z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M19.5 14.2A8 8 0 0 1 9.8 4.5a8 8 0 1 0 9.7 9.7z",
  auto: "M4 5h16v11H4zM9 20h6M12 16v4",
  pulse: "M3 12h4l2.5-6 4 12 2.5-6h5",
  reply: "M5 20v-6a5 5 0 0 1 5-5h9M15 5l4 4-4 4",
  brush: "M19.5 4.5L11 13M8 13.5a3.2 3.2 0 0 0-3 3.2c0 1.5-.7 2.3-2 2.8 1 .7 2.4 1 3.8 1a3.7 3.7 0 0 0 3.7-3.7c0-.5-.1-1-.3-1.4z",
  room: "M5 9h14M4.5 15h14M10 4L8 20M16 4l-2 16",
  down: "M12 5v13M6.5 12.5l5.5 5.5 5.5-5.5",
  left: "M15 5l-7 7 7 7",
  right: "M9 5l7 7-7 7",
  plus: "M12 6v12M6 12h12",
  minus: "M6 12h12",
  download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  external: "M10 5H5v14h14v-5M13 5h6v6M19 5l-8 8",
  bell: "M6 16.5V11a6 6 0 1 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4",
  bellOff: "M6 16.5V11c0-.9.2-1.7.5-2.5M9.2 5.7A6 6 0 0 1 18 11v4M4.5 18H17M10 20.5h4M4 4l16 16",
  warning: "M12 4l9 16H3zM12 10v4.5M12 17v.5",
  eye: "M2.5 12S6 6 12 6s9.5 6 9.5 6-3.5 6-9.5 6-9.5-6-9.5-6zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  file: "M7 3.5h7l4 4V20.5H7zM14 3.5v4h4",
  retry: "M5 12a7 7 0 1 0 2.2-5.1M7 3.5v4h4",
  redraw: "M4.5 11a7.5 7.5 0 0 1 13-4l2 2M19.5 4.5V9H15M19.5 13a7.5 7.5 0 0 1-13 4l-2-2M4.5 19.5V15H9",
  heart: "M12 19.5S4 14.8 4 9.3A4.3 4.3 0 0 1 12 7a4.3 4.3 0 0 1 8 2.3c0 5.5-8 10.2-8 10.2z",
  wand: "M4 20L14.5 9.5M17 3.5v3M15.5 5h3M20 10v2.5M18.8 11.2h2.5M9.5 4v2.5M8.3 5.2h2.5",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5L20 20",
  arrowLeft: "M19 12H6M11.5 6l-6 6 6 6",
  arrowUp: "M12 19V6M6 11.5l6-6 6 6",
  arrowDown: "M12 5v13M6 12.5l6 6 6-6",
  film: "M4 5h16v14H4zM8 5v14M16 5v14M4 12h4M16 12h4",
  clip: "M19 11.5l-7 7a4.6 4.6 0 0 1-6.5-6.5l7.5-7.5a3 3 0 0 1 4.3 4.3l-7.5 7.5a1.5 1.5 0 0 1-2.1-2.1l6.6-6.7",
  more: "M5 11.5h.8v.9H5zM11.6 11.5h.8v.9h-.8zM18.2 11.5h.8v.9h-.8z",
  smile: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM8.5 14.2c1.7 2.4 5.3 2.4 7 0M9 9.7v.3M15 9.7v.3",
  check: "M5 12.5l4.5 4.5L19 7.5",
  chevron: "M6.5 9.5l5.5 5.5 5.5-5.5",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4.2 4.2 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6-.4l-3 3a4.2 4.2 0 0 0 6 6l1-1",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20c.8-4 3.8-5.5 7.5-5.5s6.7 1.5 7.5 5.5",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13",
  app: "M5 5h6v6H5zM13 5h6v6h-6zM5 13h6v6H5zM16 13v6M13 16h6",
  star: "M12 3.8l2.5 5.3 5.8.7-4.3 4 1.2 5.7L12 16.6l-5.2 2.9L8 13.8l-4.3-4 5.8-.7z",
  letter: "M3.5 6h17v12.5h-17zM4 6.5l8 6.5 8-6.5",
  cross: "M6 6l12 12M18 6L6 18",
  globe: "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17M3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17",
  wide: "M3.5 12h17M8 7.5L3.5 12 8 16.5M16 7.5l4.5 4.5-4.5 4.5",
  tall: "M12 3.5v17M7.5 8L12 3.5 16.5 8M7.5 16l4.5 4.5 4.5-4.5",
  bolt: "M13 3L5 13.5h6L10.5 21 19 10h-6z",
  grow: "M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7",
  people: "M8.5 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM2.5 19c.6-3.6 3-5 6-5s5.4 1.4 6 5M16 5.4a3 3 0 0 1 0 5.2M17.5 14.4c2 .6 3.5 2 4 4.6",
  sliders: "M4 8h9M17 8h3M4 16h3M11 16h9M15 5.5v5M9 13.5v5",
  wrench: "M20 7.5a4.5 4.5 0 0 1-6 4.2L7.5 18.2a1.9 1.9 0 0 1-2.7-2.7L11.3 9a4.5 4.5 0 0 1 5.9-5.5l-2.6 2.6.8 2.5 2.5.8 2.6-2.6z",
  undo: "M8.5 5L4 9.5 8.5 14M4 9.5h10a5.5 5.5 0 0 1 0 11h-3",
  party: "M4 20l4.5-12 7.5 7.5zM14 4v2.5M19 5l-2 2M20 10h-2.5M16 9c1-2 2-2 3-1.5",
  lock: "M6.5 11h11v9h-11zM9 11V8a3 3 0 0 1 6 0v3",
};

/** A line icon by name; decoration only, so hidden from assistive technology. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 24 24", class: "icon", fill: "none", stroke: "currentColor",
    "stroke-width": "1.9", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true",
  })) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? "");
  svg.append(path);
  return svg;
}
