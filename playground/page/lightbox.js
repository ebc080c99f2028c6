// Shows pictures large: arrows go from one to the next, + and − zoom, 1–4 look at one picture of a grid.

import { el, fill, icon } from "./el.js";
import { plainText } from "./markdown.js";

const STEPS = [0, 1, 1.5, 2, 3, 4, 6];

export class Lightbox {
  #pictures = [];
  #at = 0;
  #zoom = 0;
  #image = null;
  #drag = null;

  constructor() {
    this.stage = el("div.stage", { tabindex: "-1" });
    this.caption = el("p.caption");
    this.counter = el("span.counter", { "aria-live": "polite" });
    this.previous = tool("left", "Previous picture (left arrow)", () => this.#go(-1), ".side.before");
    this.next = tool("right", "Next picture (right arrow)", () => this.#go(1), ".side.after");
    this.slots = el("span.slots", { role: "group", "aria-label": "One picture of the grid" },
      [1, 2, 3, 4].map((slot) => el("button.tool.slot", { type: "button", title: `Look at picture ${slot} (key ${slot})`, onclick: () => this.#slot(slot) }, String(slot))));
    this.download = el("a.tool", { title: "Download the original (D)", "aria-label": "Download the original" }, icon("download"));
    this.original = el("a.tool", { title: "Open the original in a new tab", "aria-label": "Open the original in a new tab", target: "_blank", rel: "noopener noreferrer" }, icon("external"));
    this.percent = el("span.percent", { "aria-live": "polite" });
    this.element = el("dialog.lightbox", { "aria-label": "Picture" },
      el("div.tools", {}, this.counter, el("span.grow"), this.slots,
        tool("minus", "Smaller (−)", () => this.#step(-1)), this.percent, tool("plus", "Larger (+)", () => this.#step(1)),
        this.download, this.original, tool("close", "Close (Esc)", () => this.element.close())),
      this.stage, this.previous, this.next, this.caption);
    this.#listen();
    document.body.append(this.element);
  }

  /** Open on one of several pictures: [{url, name, text, names, width, height, slots}]. */
  open(pictures, at) {
    this.#pictures = pictures;
    this.#at = at;
    this.#show();
    if (!this.element.open) this.element.showModal();
    this.stage.focus();
  }

  #listen() {
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.stage.addEventListener("click", (event) => this.#click(event));
    this.stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.stage.addEventListener("pointerdown", (event) => this.#grab(event));
    this.stage.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"]) this.stage.addEventListener(name, (event) => this.#release(event));
    window.addEventListener("resize", () => this.element.open && this.#fit());
  }

  #show() {
    const picture = this.#pictures[this.#at];
    this.#zoom = 0;
    this.#image = el("img", { src: picture.url, alt: plainText(picture.text, picture.names).slice(0, 400) || "Picture", draggable: "false" });
    this.#image.addEventListener("load", () => this.#fit());
    this.#image.addEventListener("error", () => fill(this.stage, el("p.gone", {}, "This picture cannot be shown any more. Its link may have run out; reload the page.")));
    fill(this.stage, this.#image);
    this.caption.textContent = plainText(picture.text, picture.names);
    this.counter.textContent = `${this.#at + 1} of ${this.#pictures.length}`;
    this.download.href = this.original.href = picture.url;
    this.download.download = picture.name;
    this.slots.hidden = !picture.slots;
    this.previous.disabled = this.#at === 0;
    this.next.disabled = this.#at === this.#pictures.length - 1;
    this.#fit();
  }

  #go(by) {
    const to = this.#at + by;
    if (to < 0 || to >= this.#pictures.length) return;
    this.#at = to;
    this.#show();
  }

  get #natural() {
    const picture = this.#pictures[this.#at];
    return { width: this.#image.naturalWidth || picture.width || 512, height: this.#image.naturalHeight || picture.height || 512 };
  }

  /** The scale at which the whole picture is seen; small pictures are enlarged at most twice. */
  get #fitScale() {
    const { width, height } = this.#natural;
    return Math.min(2, this.stage.clientWidth / width, this.stage.clientHeight / height);
  }

  #fit() {
    const { width, height } = this.#natural;
    const scale = this.#zoom || this.#fitScale;
    this.#image.style.width = `${Math.round(width * scale)}px`;
    this.#image.style.height = `${Math.round(height * scale)}px`;
    this.stage.classList.toggle("zoomed", this.#zoom > 0);
    this.percent.textContent = `${Math.round(scale * 100)} %`;
  }

  /** Zoom to a scale (0 = all of it), keeping the given point of the stage where it is. */
  #zoomTo(scale, x = this.stage.clientWidth / 2, y = this.stage.clientHeight / 2) {
    const before = this.#image.getBoundingClientRect();
    const box = this.stage.getBoundingClientRect();
    const across = (box.left + x - before.left) / before.width;
    const down = (box.top + y - before.top) / before.height;
    this.#zoom = scale;
    this.#fit();
    this.stage.scrollTo({ left: across * this.#image.offsetWidth - x, top: down * this.#image.offsetHeight - y, behavior: "instant" });
  }

  #step(by, x, y) {
    const fit = this.#fitScale;
    const scales = STEPS.map((step) => step || fit).concat(fit * 2).filter((scale) => scale >= fit).sort((a, b) => a - b);
    const now = this.#zoom || fit;
    const next = by > 0 ? scales.find((scale) => scale > now * 1.01) : scales.findLast((scale) => scale < now * 0.99);
    if (next) this.#zoomTo(next <= fit * 1.01 ? 0 : next, x, y);
  }

  /** Fill the stage with one quarter of a grid. */
  #slot(slot) {
    if (!this.#pictures[this.#at].slots) return;
    this.#zoom = Math.min(this.stage.clientWidth / this.#natural.width, this.stage.clientHeight / this.#natural.height) * 2;
    this.#fit();
    const { offsetWidth: width, offsetHeight: height } = this.#image;
    const left = ((slot - 1) % 2) * (width / 2) - (this.stage.clientWidth - width / 2) / 2;
    const top = (slot > 2 ? height / 2 : 0) - (this.stage.clientHeight - height / 2) / 2;
    this.stage.scrollTo({ left, top, behavior: "instant" });
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = {
      ArrowLeft: () => this.#go(-1), ArrowRight: () => this.#go(1), "+": () => this.#step(1), "=": () => this.#step(1),
      "-": () => this.#step(-1), 0: () => this.#zoomTo(0), d: () => this.download.click(),
      Home: () => this.#go(-this.#at), End: () => this.#go(this.#pictures.length - 1 - this.#at),
      1: () => this.#slot(1), 2: () => this.#slot(2), 3: () => this.#slot(3), 4: () => this.#slot(4),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  #click(event) {
    if (this.#drag?.moved) return;
    if (event.target !== this.#image) return void this.element.close();
    const box = this.stage.getBoundingClientRect();
    const inside = [event.clientX - box.left, event.clientY - box.top];
    if (this.#zoom) this.#zoomTo(0);
    else this.#zoomTo(Math.max(this.#fitScale * 2, 1), ...inside);
  }

  #wheel(event) {
    event.preventDefault();
    const box = this.stage.getBoundingClientRect();
    this.#step(event.deltaY < 0 ? 1 : -1, event.clientX - box.left, event.clientY - box.top);
  }

  #grab(event) {
    this.#drag = { x: event.clientX, y: event.clientY, left: this.stage.scrollLeft, top: this.stage.scrollTop, touch: event.pointerType === "touch", moved: false, down: true };
  }

  #move(event) {
    const drag = this.#drag;
    if (!drag?.down) return;
    const [across, down] = [event.clientX - drag.x, event.clientY - drag.y];
    if (Math.hypot(across, down) > 6) drag.moved = true;
    if (this.#zoom && !drag.touch) this.stage.scrollTo({ left: drag.left - across, top: drag.top - down, behavior: "instant" });
  }

  #release(event) {
    if (!this.#drag) return;
    this.#drag.down = false;
    const across = event.clientX - this.#drag.x;
    if (this.#drag.touch && !this.#zoom && Math.abs(across) > 60 && event.type === "pointerup") this.#go(across < 0 ? 1 : -1);
  }
}

function tool(name, words, onclick, more = "") {
  return el(`button.tool${more}`, { type: "button", title: words, "aria-label": words, onclick }, icon(name));
}
