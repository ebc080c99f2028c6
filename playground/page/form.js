// Forms of the app (modals): a dialog with labelled fields that keeps what was written until the app has taken it.

import { el, fill, icon } from "./el.js";
import { partOf } from "./formpart.js";

/** One dialog for all forms. */
export class Forms {
  #drafts = new Map();
  #form = null;
  #session = null;
  #parts = [];
  #isTaken = false;
  #onClosed = () => {};

  constructor() {
    this.title = el("h2", { id: "form-title" });
    this.note = el("p.form-note", { hidden: true });
    this.body = el("div.form-body");
    this.fault = el("p.failure.form-fault", { role: "alert", hidden: true });
    this.cancel = el("button.chat-button", { type: "button", onclick: () => this.element.close() }, "Cancel");
    this.send = el("button.chat-button", { type: "submit", data: { style: "primary" } }, el("span", {}, "Submit"));
    this.paper = el("form.form", { novalidate: true, method: "dialog" },
      el("header.form-head", {}, this.title, el("button.tool", { type: "button", title: "Close (Esc)", "aria-label": "Close", onclick: () => this.element.close() }, icon("close"))),
      this.note, this.body, this.fault, el("footer.form-foot", {}, this.cancel, this.send));
    this.element = el("dialog.form-dialog", { "aria-labelledby": "form-title" }, this.paper);
    this.paper.addEventListener("submit", (event) => (event.preventDefault(), this.#submit()));
    this.element.addEventListener("close", () => this.#closed());
    this.element.addEventListener("keydown", (event) => this.#key(event));
    document.body.append(this.element);
  }

  /** Show a form: what INTERACTION_MODAL_CREATE says. closed() when it is gone. */
  open(form, session, closed) {
    if (this.element.open) this.element.close();
    this.#form = form;
    this.#session = session;
    this.#onClosed = closed;
    this.title.textContent = form.title || "Form";
    this.#draw();
    this.#restore();
    this.#busy(false);
    this.#say(null);
    this.element.showModal();
    this.#parts.forEach((part) => part.grow?.());
    this.#enter();
  }

  #enter() {
    const first = this.#parts.find((part) => part.input)?.input;
    first?.focus();
    first?.setSelectionRange?.(first.value.length, first.value.length);
  }

  #draw() {
    this.#parts = (this.#form.components ?? []).map((component) => partOf(component, this.#session));
    fill(this.body, this.#parts.map((part) => part.node));
  }

  // ── what was written ─────────────────────────────────────────────────────

  get #draftKey() {
    return `${this.#session.person.id} ${this.#form.custom_id}`;
  }

  #values() {
    return Object.fromEntries(this.#parts.filter((part) => part.id).map((part) => [part.id, part.value]));
  }

  #restore() {
    const draft = this.#drafts.get(this.#draftKey);
    const differs = draft && JSON.stringify(draft) !== JSON.stringify(this.#values());
    if (differs) for (const part of this.#parts) if (part.id in draft) part.set(draft[part.id]);
    this.note.hidden = !differs;
    fill(this.note, "What you wrote last time is back.", el("button.quiet", { type: "button", onclick: () => this.#afresh() }, "Start over"));
  }

  #afresh() {
    this.#drafts.delete(this.#draftKey);
    this.#draw();
    this.note.hidden = true;
    this.#parts.forEach((part) => part.grow?.());
    this.#enter();
  }

  #closed() {
    if (!this.#form) return;
    const values = this.#values();
    const isChanged = this.#parts.some((part) => part.id && JSON.stringify(part.value) !== JSON.stringify(part.first));
    if (isChanged && !this.#isTaken) this.#drafts.set(this.#draftKey, values);
    this.#form = null;
    this.#isTaken = false;
    this.#onClosed();
  }

  // ── handing it in ────────────────────────────────────────────────────────

  #submit() {
    if (this.send.ariaBusy === "true") return;
    const faulty = this.#parts.filter((part) => part.check?.());
    if (faulty.length) return faulty[0].input.focus();
    this.#busy(true);
    this.#say(null);
    const form = this.#form;
    const draft = [this.#draftKey, this.#values()];
    this.#session.asks.submit(form, this.#parts.map((part) => part.sent).filter(Boolean), (reason, refused) => this.#settled(form, draft, { reason, refused }));
  }

  #settled(form, [key, values], { reason, refused }) {
    if (reason || refused) this.#drafts.set(key, values);
    else this.#drafts.delete(key);
    if (form !== this.#form) return;
    this.#busy(false);
    if (reason) return this.#say(reason);
    this.#isTaken = true;
    this.element.close();
  }

  #busy(busy) {
    if (busy) this.send.setAttribute("aria-busy", "true");
    else this.send.removeAttribute("aria-busy");
  }

  #say(words) {
    this.fault.hidden = !words;
    fill(this.fault, words && [icon("warning"), el("span", {}, words)]);
  }

  #key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#submit();
    }
  }
}
