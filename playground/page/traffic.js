// Remembers the last requests and gateway events, so that a developer can see what just happened.

import { Emitter } from "./emitter.js";

const KEPT = 200;
const SECRET = /token|authorization|password/i;

export class Traffic extends Emitter {
  entries = [];

  /** Note one thing. entry: {way: "in"|"out", label, person, body, status?}. */
  add(entry) {
    const kept = { ...entry, at: Date.now(), body: redact(entry.body) };
    this.entries.push(kept);
    if (this.entries.length > KEPT) this.entries.shift();
    this.emit("entry", kept);
  }

  clear() {
    this.entries = [];
    this.emit("clear");
  }
}

function redact(value) {
  if (Array.isArray(value)) return value.map(redact);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, SECRET.test(key) && inner ? "•••" : redact(inner)]));
}
