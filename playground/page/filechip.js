// Shows a chosen file before it is used: a small picture, its name and size, how far it has come, and a way to drop it.

import { isPicture, sizeText } from "./attachment.js";
import { el, fill, icon } from "./el.js";

/** A chip for an upload. onRemove() when it is taken away. */
export function fileChip(upload, onRemove) {
  const { file, name } = upload;
  const face = isPicture({ content_type: file.type, filename: name }) ? picture(file) : icon("file");
  const state = el("span.file-state", { role: "status" });
  const bar = el("i");
  const chip = el("span.file-chip", {}, el("span.file-face", {}, face), el("span.file-words", {}, el("span.file-title", { title: name }, name), state),
    el("button.chip-close", { type: "button", title: "Take it away", "aria-label": `Take ${name} away`, onclick: onRemove }, icon("close")), el("span.file-bar", { "aria-hidden": "true" }, bar));
  const draw = () => {
    chip.dataset.state = upload.state;
    bar.style.setProperty("transform", `scaleX(${upload.done})`);
    fill(state, words(upload));
  };
  upload.on("change", draw);
  draw();
  return chip;
}

function words(upload) {
  if (upload.state === "sending") return `${Math.round(upload.done * 100)} % of ${sizeText(upload.file.size)}`;
  if (upload.state === "sent") return sizeText(upload.file.size);
  return [el("span.file-fault", { title: upload.reason }, "not sent"), el("button.quiet", { type: "button", onclick: () => upload.send() }, "Try again")];
}

function picture(file) {
  const address = URL.createObjectURL(file);
  const image = el("img", { src: address, alt: "", onload: () => URL.revokeObjectURL(address) });
  image.addEventListener("error", () => image.replaceWith(icon("file")));
  return image;
}
