// Keeps one person's gateway connection alive: identify, heartbeat, resume, and try again with growing patience.

import { Emitter } from "./emitter.js";

const OP = { dispatch: 0, heartbeat: 1, identify: 2, resume: 6, reconnect: 7, invalid: 9, hello: 10, ack: 11 };
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15000;
const FATAL = new Set([4004, 4010, 4011, 4012, 4013, 4014]);

/** Emits "state" ({state, retryAt}) and "event" ({type, data}). States: connecting, open, waiting, refused. */
export class Gateway extends Emitter {
  state = "idle";
  #url;
  #person;
  #traffic;
  #socket = null;
  #sequence = null;
  #session = null;
  #tries = 0;
  #beat = null;
  #acked = true;
  #retry = null;

  constructor(url, person, traffic) {
    super();
    this.#url = url;
    this.#person = person;
    this.#traffic = traffic;
  }

  /** Connect now, also when a later attempt is already planned. */
  connect() {
    clearTimeout(this.#retry);
    if (this.#socket && this.#socket.readyState <= WebSocket.OPEN) return;
    this.#become(this.#tries ? "reconnecting" : "connecting");
    const socket = new WebSocket(`${this.#url}${this.#url.includes("?") ? "&" : "?"}v=10&encoding=json`);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = ({ code }) => this.#socket === socket && this.#closed(code);
  }

  #become(state, retryAt = null) {
    this.state = state;
    this.emit("state", { state, retryAt });
  }

  #send(op, d) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ op, d }));
    if (op !== OP.heartbeat) this.#traffic.add({ way: "out", person: this.#person.name, label: op === OP.resume ? "RESUME" : "IDENTIFY", body: d });
  }

  #receive({ op, d, s, t }) {
    if (s !== null && s !== undefined) this.#sequence = s;
    if (op === OP.dispatch) this.#dispatch(t, d);
    else if (op === OP.hello) this.#hello(d.heartbeat_interval);
    else if (op === OP.ack) this.#acked = true;
    else if (op === OP.heartbeat) this.#send(OP.heartbeat, this.#sequence);
    else if (op === OP.reconnect) this.#socket.close(4000);
    else if (op === OP.invalid) this.#invalid(d);
  }

  #hello(interval) {
    clearInterval(this.#beat);
    this.#acked = true;
    this.#beat = setInterval(() => this.#heartbeat(), interval);
    if (this.#session) this.#send(OP.resume, { token: this.#person.token, session_id: this.#session, seq: this.#sequence });
    else this.#identify();
  }

  #identify() {
    this.#sequence = null;
    this.#send(OP.identify, {
      token: this.#person.token,
      capabilities: 0,
      properties: { os: "web", browser: "Easel playground", device: "" },
      compress: false,
    });
  }

  #heartbeat() {
    if (!this.#acked) return this.#socket.close(4000);
    this.#acked = false;
    this.#send(OP.heartbeat, this.#sequence);
  }

  #dispatch(type, data) {
    this.#traffic.add({ way: "in", person: this.#person.name, label: type, body: data });
    if (type === "READY") this.#session = data.session_id;
    if (type === "READY" || type === "RESUMED") {
      this.#tries = 0;
      this.#become("open");
    }
    this.emit("event", { type, data });
  }

  #invalid(resumable) {
    if (!resumable) this.#session = null;
    this.#socket.close(4000);
  }

  #closed(code) {
    clearInterval(this.#beat);
    this.#socket = null;
    if (FATAL.has(code)) return this.#become("refused");
    const patience = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#tries);
    const wait = patience * (0.75 + Math.random() / 2);
    this.#tries += 1;
    this.#become("waiting", Date.now() + wait);
    this.#retry = setTimeout(() => this.connect(), wait);
  }
}
