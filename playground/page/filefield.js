// One attachment option of a slash command: choose a file, paste it, or drop it on the field.

import { el, fill, icon } from "./el.js";
import { fileChip } from "./filechip.js";
import { Upload } from "./upload.js";

/** Looks like Field to the form that holds it; its value is an Upload. */
export class FileField {
  isFile = true;
  hasList = false;
  upload = null;
  #place;
  #onChange;

  /** place() → {session, room} where the file is to be used. */
  constructor(option, place, onChange) {
    this.option = option;
    this.#place = place;
    this.#onChange = onChange;
    this.chooser = el("input", { type: "file", hidden: true, onchange: () => this.#chose() });
    this.input = el("button.file-choose", { type: "button", onclick: () => this.chooser.click() });
    this.slot = el("span.file-slot");
    this.element = el("div.field.file-field", { role: "group", "aria-label": `${option.name}: ${option.description ?? ""}` }, el("span.field-name", {}, option.name), this.slot, this.chooser);
    this.#draw();
  }

  get value() {
    return this.upload ?? "";
  }

  /** Keep an upload that was chosen before; what one person has uploaded cannot be used by another, so it is sent anew. */
  set(upload) {
    if (!(upload instanceof Upload)) return;
    if (upload.session === this.#place().session) this.#keep(upload);
    else this.take(upload.file);
  }

  /** Use this file for the option. */
  take(file) {
    const { session, room } = this.#place();
    this.#keep(new Upload(session, room.id, file));
  }

  fault() {
    if (this.upload?.state === "failed") return this.upload.reason;
    return this.option.required && !this.upload ? `“${this.option.name}” needs a file: choose one, paste it, or drop it here.` : null;
  }

  mark(wrong) {
    this.element.classList.toggle("faulty", Boolean(wrong));
  }

  grow() {}

  #chose() {
    const [file] = this.chooser.files;
    this.chooser.value = "";
    if (file) this.take(file);
    this.input.focus();
  }

  #keep(upload) {
    this.upload = upload;
    upload.on("change", () => this.upload === upload && this.#onChange(this));
    this.#draw();
    this.mark(false);
    this.#onChange(this);
  }

  #clear() {
    this.upload = null;
    this.#draw();
    this.#onChange(this);
    this.input.focus();
  }

  #draw() {
    const words = `${this.option.name}: ${this.option.description ?? ""} (file, ${this.option.required ? "required" : "optional"}). `;
    this.input.setAttribute("aria-label", words + (this.upload ? `${this.upload.name} is chosen. Choose another.` : "Choose a file."));
    fill(this.input, this.upload ? "Change" : [icon("clip"), matchMedia("(pointer: coarse)").matches ? "Choose a file" : "Choose, paste or drop"]);
    fill(this.slot, this.upload && fileChip(this.upload, () => this.#clear()), this.input);
  }
}
