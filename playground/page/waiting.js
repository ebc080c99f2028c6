// The line that stands for a command until its answer comes, or says why none came.

import { avatar } from "./avatar.js";
import { el, icon } from "./el.js";

/** One ask as a node: sending, or failed with a way to try again. */
export function waitingLine(ask, session) {
  const who = session.user ?? { id: session.person.id, global_name: session.person.name };
  const head = el("div.origin", {}, avatar(who, "tiny"), el("span.origin-name", {}, session.nameOf(who.id)), " used ", el("span.mention", {}, ask.title));
  if (ask.state === "failed") return el("div.ask.failed", {}, head, failure(ask, session));
  return el("div.ask", { role: "status" }, head,
    el("p.ask-words", {}, el("span.dots", { "aria-hidden": "true" }, el("i"), el("i"), el("i")), ask.words.slice(0, 200) || "Sending…"));
}

function failure(ask, session) {
  return el("p.failure", { role: "alert" }, icon("warning"), el("span", {}, ask.reason),
    el("button.quiet", { type: "button", onclick: () => (session.asks.drop(ask), ask.again()) }, icon("retry"), "Try again"),
    el("button.quiet", { type: "button", onclick: () => session.asks.drop(ask) }, "Dismiss"));
}
