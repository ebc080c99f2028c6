// "What just happened": the last requests and gateway events, for those who build bots.

import { el, fill } from "./el.js";

const PAUSE_MS = 150;

export class Drawer {
  #timer = null;
  #drawn = 0;

  constructor(root, traffic) {
    this.root = root;
    this.traffic = traffic;
    this.list = el("ol.traffic-list");
    this.filter = el("input", { type: "search", placeholder: "Filter, e.g. MESSAGE", "aria-label": "Filter", oninput: () => this.#redraw() });
    fill(root, el("header.drawer-head", {}, el("h2", {}, "What just happened"),
      el("button.quiet", { type: "button", onclick: () => traffic.clear() }, "Clear"),
      el("button.quiet", { type: "button", onclick: () => this.toggle(false) }, "Close")),
    el("p.drawer-note", {}, "The last 200 requests and gateway events of this window, newest first. Tokens are left out."), this.filter, this.list);
    traffic.on("entry", () => this.#soon());
    traffic.on("clear", () => this.#redraw());
    root.addEventListener("keydown", (event) => event.key === "Escape" && this.toggle(false));
  }

  get isOpen() {
    return !this.root.hidden;
  }

  toggle(open = !this.isOpen) {
    this.root.hidden = !open;
    if (open) this.#redraw();
    if (open) this.filter.focus();
    this.onToggle?.(open);
  }

  #soon() {
    if (!this.isOpen || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#redraw();
    }, PAUSE_MS);
  }

  #redraw() {
    const wanted = this.filter.value.trim().toLowerCase();
    const open = new Set([...this.list.querySelectorAll("details[open]")].map((node) => node.dataset.at));
    const shown = this.traffic.entries.filter((entry) => !wanted || `${entry.label} ${entry.person}`.toLowerCase().includes(wanted)).reverse();
    fill(this.list, shown.map((entry) => entryView(entry, open)));
  }
}

function entryView(entry, open) {
  const key = `${entry.at}-${entry.label}`;
  const body = el("pre", { tabindex: "0" });
  const box = el("details", { data: { at: key } },
    el("summary", {}, el(`span.way.${entry.way}`, { title: entry.way === "in" ? "received" : "sent" }, entry.way === "in" ? "↓" : "↑"),
      el("span.traffic-label", {}, entry.label), entry.status && el(`span.status${entry.status >= 400 ? ".bad" : ""}`, {}, String(entry.status)), el("span.traffic-person", {}, entry.person)), body);
  const show = () => box.open && (body.textContent = JSON.stringify(entry.body, null, 2));
  box.addEventListener("toggle", show);
  if (open.has(key)) {
    box.open = true;
    show();
  }
  return el("li", {}, box);
}
