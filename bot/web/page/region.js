// The region editor: one pointer marks, two fingers or the wheel zoom and move, Submit sends the mask.

import { Strokes } from "./strokes.js";
import { View } from "./view.js";

const facts = JSON.parse(document.body.dataset.facts);
const say = (key) => facts.texts[`web.region.${key}`];
const byId = (id) => document.getElementById(id);
const board = byId("board");
const context = board.getContext("2d");
const view = new View(facts.width, facts.height);
const strokes = new Strokes(`region:${facts.key}`);
const picture = new Image();
const overlay = document.createElement("canvas");
const fingers = new Map();
let tool = "brush";
let pinch = null;
let moving = false;
let sent = false;
let frame = 0;

function redraw() {
  frame ||= requestAnimationFrame(paint);
}

function paint() {
  frame = 0;
  const ratio = devicePixelRatio || 1;
  const shown = () => context.setTransform(ratio * view.scale, 0, 0, ratio * view.scale, ratio * view.left, ratio * view.top);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, board.width, board.height);
  shown();
  context.imageSmoothingEnabled = view.scale < 3;
  if (picture.complete && picture.naturalWidth) context.drawImage(picture, 0, 0, facts.width, facts.height);
  // Strokes lie on a sheet of their own, so that overlapping ones are not darker.
  const sheet = overlay.getContext("2d");
  sheet.clearRect(0, 0, overlay.width, overlay.height);
  sheet.fillStyle = sheet.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--accent");
  strokes.draw(sheet);
  context.globalAlpha = 0.55;
  context.drawImage(overlay, 0, 0);
  context.globalAlpha = 1;
  for (const id of ["undo", "clear"]) byId(id).disabled = strokes.empty || sent;
  byId("submit").disabled = strokes.empty || sent;
}

function resize() {
  const { width, height } = board.getBoundingClientRect();
  const ratio = devicePixelRatio || 1;
  board.width = Math.round(width * ratio);
  board.height = Math.round(height * ratio);
  view.resize(width, height);
  redraw();
}

function at(event) {
  const box = board.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

function brush() {
  return (Number(byId("size").value) / 100) * Math.min(facts.width, facts.height);
}

function down(event) {
  if (sent || (event.pointerType === "mouse" && event.button > 1)) return;
  event.preventDefault();
  board.focus({ preventScroll: true });
  board.setPointerCapture(event.pointerId);
  const point = at(event);
  fingers.set(event.pointerId, point);
  if (fingers.size === 2) {
    strokes.drop(); // the first finger was the beginning of a pinch, not of a stroke
    pinch = span();
  } else if (fingers.size === 1) {
    moving = event.button === 1 || event.shiftKey;
    if (!moving) strokes.begin(tool, brush(), view.toPicture(point.x, point.y));
  }
  redraw();
}

function move(event) {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  const point = at(event);
  fingers.set(event.pointerId, point);
  if (pinch && fingers.size === 2) {
    const now = span();
    view.move(now.x - pinch.x, now.y - pinch.y);
    view.zoom(now.length / pinch.length, now.x, now.y);
    pinch = now;
  } else if (moving) {
    view.move(point.x - before.x, point.y - before.y);
  } else if (!pinch) {
    for (const one of event.getCoalescedEvents?.() ?? [event]) {
      const { x, y } = at(one);
      strokes.extend(view.toPicture(x, y));
    }
  }
  redraw();
}

function up(event) {
  if (!fingers.delete(event.pointerId)) return;
  if (!pinch && !moving) event.type === "pointercancel" ? strokes.drop() : strokes.end();
  if (fingers.size === 0) {
    pinch = null;
    moving = false;
  }
  redraw();
}

function span() {
  const [a, b] = [...fingers.values()];
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, length: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)) };
}

function tell(text, bad = false) {
  byId("status").textContent = text;
  byId("status").classList.toggle("bad", bad);
}

async function submit(event) {
  event.preventDefault();
  if (sent || strokes.empty) return;
  sent = true;
  tell(say("sending"));
  redraw();
  try {
    const form = new FormData();
    form.append("mask", await strokes.mask(facts.width, facts.height), "mask.png");
    if (facts.remix) form.append("prompt", byId("prompt").value);
    const response = await fetch(location.href, { method: "POST", body: form });
    const answer = await response.json();
    tell(answer.say, !response.ok);
    sent = response.ok || response.status === 410;
  } catch {
    tell(say("unreachable"), true);
    sent = false;
  }
  redraw();
}

function choose(button) {
  tool = button.dataset.tool;
  for (const one of document.querySelectorAll("[data-tool]")) one.setAttribute("aria-checked", String(one === button));
}

function change(work) {
  return () => {
    work();
    redraw();
  };
}

overlay.width = facts.width;
overlay.height = facts.height;
picture.onload = redraw;
picture.onerror = () => tell(say("no_picture"), true);
picture.src = `${location.pathname}/picture.png`;
byId("prompt").readOnly = !facts.remix;
if (!facts.remix) byId("prompt").title = say("no_remix");
board.addEventListener("pointerdown", down);
board.addEventListener("pointermove", move);
board.addEventListener("pointerup", up);
board.addEventListener("pointercancel", up);
board.addEventListener("wheel", (event) => {
  event.preventDefault();
  const point = at(event);
  view.zoom(Math.exp(-event.deltaY / 400), point.x, point.y);
  redraw();
}, { passive: false });
for (const button of document.querySelectorAll("[data-tool]")) button.addEventListener("click", () => choose(button));
byId("undo").addEventListener("click", change(() => strokes.undo()));
byId("clear").addEventListener("click", change(() => strokes.clear()));
byId("in").addEventListener("click", change(() => view.zoom(1.5)));
byId("out").addEventListener("click", change(() => view.zoom(1 / 1.5)));
byId("fit").addEventListener("click", change(() => view.fit()));
byId("form").addEventListener("submit", submit);
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLTextAreaElement;
  if (!typing && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !sent) {
    event.preventDefault();
    strokes.undo();
    redraw();
  }
});
new ResizeObserver(resize).observe(board);
