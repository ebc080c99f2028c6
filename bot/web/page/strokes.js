// What has been marked: a list of strokes in picture pixels, drawn on any canvas, saved and undone.

export class Strokes {
  constructor(key) {
    this.key = key;
    this.list = load(key);
  }

  begin(kind, size, point) {
    this.current = { kind, size, points: [point] };
  }

  extend(point) {
    if (!this.current) return;
    const { kind, points } = this.current;
    if (kind === "rectangle") points[1] = point;
    else points.push(point);
  }

  end() {
    if (this.current && marks(this.current)) this.list.push(this.current);
    this.current = null;
    this.save();
  }

  drop() {
    this.current = null;
  }

  undo() {
    this.list.pop();
    this.save();
  }

  clear() {
    this.list = [];
    this.save();
  }

  get empty() {
    return this.list.length === 0;
  }

  draw(context) {
    for (const stroke of this.current ? [...this.list, this.current] : this.list) drawOne(context, stroke);
  }

  mask(width, height) {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d");
    context.fillStyle = "black";
    context.fillRect(0, 0, width, height);
    context.fillStyle = context.strokeStyle = "white";
    this.draw(context);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }

  save() {
    try {
      localStorage.setItem(this.key, JSON.stringify(this.list));
    } catch {
      // A full or forbidden storage only means that a reload begins anew.
    }
  }
}

function load(key) {
  try {
    const found = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(found) ? found.filter(wellFormed) : [];
  } catch {
    return [];
  }
}

function wellFormed(stroke) {
  return stroke && Array.isArray(stroke.points) && stroke.points.length > 0;
}

function marks({ kind, points }) {
  return kind === "brush" || points.length > (kind === "lasso" ? 2 : 1);
}

function drawOne(context, { kind, size, points }) {
  const [first, ...rest] = points;
  context.beginPath();
  if (kind === "rectangle") {
    const [last] = rest;
    if (last) context.fillRect(first.x, first.y, last.x - first.x, last.y - first.y);
    return;
  }
  context.moveTo(first.x, first.y);
  if (kind === "lasso") {
    for (const point of rest) context.lineTo(point.x, point.y);
    context.closePath();
    context.fill();
    return;
  }
  context.lineWidth = size;
  context.lineCap = context.lineJoin = "round";
  if (rest.length === 0) context.lineTo(first.x + 0.01, first.y);
  for (const point of rest) context.lineTo(point.x, point.y);
  context.stroke();
}
