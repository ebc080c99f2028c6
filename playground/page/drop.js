// Files that are dragged onto the page or pasted into it.

import { el } from "./el.js";
import { filesOf } from "./upload.js";

/** take(files, target) gets what is dropped or pasted, with the place it fell on. */
export function acceptFiles(take) {
  const veil = el("div.drop-veil", { hidden: true, "aria-hidden": "true" }, el("p", {}, "Drop it here"));
  document.body.append(veil);
  let leaving = null;
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const isBlocked = () => document.querySelector("dialog[open]");
  const show = (on) => {
    veil.hidden = !on;
    document.body.classList.toggle("dropping", on);
  };
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    clearTimeout(leaving);
    if (isBlocked()) return void (event.dataTransfer.dropEffect = "none");
    event.dataTransfer.dropEffect = "copy";
    show(true);
    leaving = setTimeout(() => show(false), 400); // dragover comes all the time; when it stops, the pointer has left
  });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    show(false);
    if (!isBlocked()) take(filesOf(event.dataTransfer), event.target);
  });
  document.addEventListener("paste", (event) => {
    const files = filesOf(event.clipboardData);
    if (!files.length || isBlocked() || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    take(files, event.target);
  });
}
