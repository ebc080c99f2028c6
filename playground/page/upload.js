// Sends files the way the platform wants them: ask for a slot in a room, then put the bytes there.

import { ApiError } from "./api.js";
import { sizeText } from "./attachment.js";
import { Emitter } from "./emitter.js";

const LARGEST_PART = 0.99; // the last hundredth is the server's word that it has the file

/** One chosen file on its way. Emits "change"; state: "sending" | "sent" | "failed". */
export class Upload extends Emitter {
  state = "sending";
  done = 0;
  reason = "";
  session;
  #channelId;
  #slot = null;

  constructor(session, channelId, file) {
    super();
    this.file = file;
    this.name = file.name || "picture.png";
    this.session = session;
    this.send(channelId);
  }

  /** Send it (again), to a room. */
  send(channelId = this.#channelId) {
    this.#channelId = channelId;
    Object.assign(this, { state: "sending", done: 0, reason: "" });
    this.#slot = this.#send(channelId);
    this.emit("change");
  }

  /** How a message or command of this room names the file: {filename, uploaded_filename}; null when it could not be sent. */
  async slot(channelId) {
    if (channelId !== this.#channelId) this.send(channelId);
    return this.#slot;
  }

  async #send(channelId) {
    try {
      if (!this.file.size) throw new ApiError(0, { message: "the file is empty" });
      const wanted = { files: [{ id: "0", filename: this.name, file_size: this.file.size, is_clip: false }] };
      const [slot] = (await this.session.api.post(`/channels/${channelId}/attachments`, wanted)).attachments;
      await put(this.session.playground.file(slot.upload_url), this.file, (done) => this.#progress(done));
      Object.assign(this, { state: "sent", done: 1 });
      this.emit("change");
      return { filename: this.name, uploaded_filename: slot.upload_filename };
    } catch (error) {
      Object.assign(this, { state: "failed", reason: reasonOf(error, this) });
      this.emit("change");
      return null;
    }
  }

  #progress(done) {
    this.done = done * LARGEST_PART;
    this.emit("change");
  }
}

function reasonOf(error, { name, file }) {
  const tooLarge = error.status === 413 || error.code === 40005;
  if (tooLarge) return `“${name}” is ${sizeText(file.size)}, and that is more than this server takes. A smaller copy will do.`;
  return `“${name}” could not be sent: ${error.message}.`;
}

function put(url, file, onProgress) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.setRequestHeader("content-type", file.type || "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    request.onload = () => (request.status < 300 ? done() : failed(new ApiError(request.status, wordsOf(request.responseText))));
    request.onerror = () => failed(new ApiError(0, { message: "the playground can't be reached" }));
    request.send(file);
  });
}

function wordsOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The files of a paste or a drop. */
export const filesOf = (transfer) => [...(transfer?.files ?? [])];
