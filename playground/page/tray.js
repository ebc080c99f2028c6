// Files that wait beside plain words, with what can be done with them.

import { el, fill } from "./el.js";
import { fileChip } from "./filechip.js";
import { Upload } from "./upload.js";

/** How many files a message can have. */
export const MOST = 10;

export class Tray {
  /** How many of the files that were added last found no place. */
  leftOut = 0;
  #uploads = [];
  #onChange;

  constructor(onChange) {
    this.#onChange = onChange;
    this.element = el("div.tray", { role: "group", "aria-label": "Files to send", hidden: true });
  }

  get uploads() {
    return this.#uploads;
  }

  /** Take files in; they are on their way at once. */
  add(files, { session, room }) {
    const uploads = files.slice(0, MOST - this.#uploads.length).map((file) => new Upload(session, room.id, file));
    for (const upload of uploads) upload.on("change", () => this.#onChange());
    this.leftOut = files.length - uploads.length;
    this.#set([...this.#uploads, ...uploads]);
  }

  /** What a message says of the files, or null when one could not be sent. */
  async slots(channelId) {
    const slots = await Promise.all(this.#uploads.map((upload) => upload.slot(channelId)));
    return slots.includes(null) ? null : slots.map((slot, i) => ({ id: String(i), ...slot }));
  }

  clear() {
    this.leftOut = 0;
    this.#set([]);
  }

  /** Put files back that were not used after all. */
  restore(uploads) {
    this.#set(uploads);
  }

  #set(uploads) {
    this.#uploads = uploads;
    this.element.hidden = !uploads.length;
    fill(this.element, uploads.map((upload) => fileChip(upload, () => this.#set(this.#uploads.filter((one) => one !== upload)))));
    this.#onChange();
  }
}
