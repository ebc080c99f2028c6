// Shows the files of a message: pictures in a frame that opens the lightbox, everything else as a download.

import { el, icon, fill } from "./el.js";

const PICTURE = /\.(png|jpe?g|webp|gif|avif)$/i;
const LONGEST_SHOWN_PX = 540;
const SHORTEST_SHOWN_PX = 400;

export const isPicture = (file) => (file.content_type ? file.content_type.startsWith("image/") : PICTURE.test(file.filename ?? ""));
const isFilm = (file) => (file.content_type ? file.content_type.startsWith("video/") : /\.(mp4|webm)$/i.test(file.filename ?? ""));

/** The attachments of one message; update() swaps a picture only once the new one is ready, so nothing flickers. */
export class AttachmentsView {
  element = el("div.attachments");
  #items = [];
  #onOpen;

  constructor(onOpen) {
    this.#onOpen = onOpen;
  }

  update(files, alt) {
    const kept = files.map((file, i) => this.#keep(this.#items[i], file) ?? this.#make(file, i));
    this.#items = kept;
    this.element.dataset.count = String(files.length);
    const nodes = kept.map((item) => item.node);
    if (nodes.length !== this.element.children.length || nodes.some((node, i) => node !== this.element.children[i])) fill(this.element, nodes);
    for (const item of kept) if (item.image && !item.file.description) item.image.alt = alt;
  }

  #keep(item, file) {
    if (!item || item.kind !== "picture" || !isPicture(file) || item.node.classList.contains("veiled") !== isVeiled(file)) return item && item.file.id === file.id ? item : null;
    if (item.file.url !== file.url) swapPicture(item, file);
    item.file = file;
    return item;
  }

  #make(file, index) {
    if (isPicture(file)) return picture(file, () => this.#onOpen(index));
    if (isFilm(file)) return film(file);
    return { kind: "file", file, node: download(file) };
  }
}

const isVeiled = (file) => Boolean(file.filename?.startsWith("SPOILER_"));

/** A short film: its first picture until it is played, then round and round. */
function film(file) {
  const node = el("video.film", { src: `${file.url}#t=0.01`, controls: true, loop: true, playsinline: true, preload: "metadata", "aria-label": file.description ?? `Film ${file.filename ?? ""}` });
  node.muted = true;
  const item = { kind: "film", file, node };
  frame(item, file);
  node.addEventListener("error", () => node.replaceWith(download(file)));
  return item;
}

function picture(file, open) {
  const image = el("img", { src: file.url, alt: file.description ?? "", decoding: "async", draggable: "false" });
  // Its name is what the picture shows; while it is hidden, that is hidden, too.
  const node = el("button.picture", { type: "button", "aria-description": "Opens it large", "aria-label": isVeiled(file) && "Hidden picture. Press to show." }, image);
  const item = { kind: "picture", file, node, image };
  frame(item, file);
  image.addEventListener("error", () => node.classList.add("broken"));
  if (isVeiled(file)) node.classList.add("veiled");
  node.addEventListener("click", () => (node.classList.contains("veiled") ? unveil(node) : open()));
  return item;
}

function unveil(node) {
  node.classList.remove("veiled");
  node.removeAttribute("aria-label");
}

/** Reserve the picture's room before it has loaded, so that the page does not jump. */
function frame(item, { width, height }) {
  if (!width || !height) return;
  const longest = Math.max(width, height);
  const shown = Math.min(LONGEST_SHOWN_PX, Math.max(longest, Math.min(SHORTEST_SHOWN_PX, longest * 4)));
  item.node.style.setProperty("--w", `${Math.round((width * shown) / longest)}px`);
  item.node.style.setProperty("--ratio", String(width / height));
}

async function swapPicture(item, file) {
  const next = el("img", { src: file.url, alt: item.image.alt, decoding: "async", draggable: "false" });
  item.coming = next;
  try {
    await next.decode();
  } catch {
    // A picture that is gone already is followed by the next one.
    return;
  }
  if (item.coming !== next) return;
  frame(item, file);
  item.image.replaceWith(next);
  item.image = next;
  item.node.classList.remove("broken");
}

function download(file) {
  return el("a.file", { href: file.url, download: file.filename, rel: "noopener" },
    icon("file"), el("span.file-name", {}, file.filename ?? "file"), el("span.file-size", {}, sizeText(file.size)));
}

/** 1536 → "1.5 KB". */
export function sizeText(bytes) {
  if (!Number.isFinite(bytes)) return "";
  const step = bytes < 1 ? 0 : Math.min(3, Math.floor(Math.log(bytes) / Math.log(1024)));
  return `${(bytes / 1024 ** step).toFixed(step && bytes / 1024 ** step < 10 ? 1 : 0)} ${["bytes", "KB", "MB", "GB"][step]}`;
}
