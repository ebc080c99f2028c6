// Where the picture lies on the board: scale and offset, fitted at first, then zoomed and moved.

const MOST = 16;
const MARGIN = 12;

export class View {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.board = { width: 1, height: 1 };
    this.fitted = true;
    this.scale = 1;
    this.left = this.top = 0;
  }

  resize(width, height) {
    this.board = { width, height };
    if (this.fitted) this.fit();
    else this.settle();
  }

  fit() {
    const room = (side) => Math.max(1, this.board[side] - 2 * MARGIN);
    this.least = this.scale = Math.min(room("width") / this.width, room("height") / this.height);
    this.fitted = true;
    this.settle();
  }

  zoom(factor, x = this.board.width / 2, y = this.board.height / 2) {
    const scale = Math.min(MOST, Math.max(this.least ?? 0.01, this.scale * factor));
    this.left = x - ((x - this.left) * scale) / this.scale;
    this.top = y - ((y - this.top) * scale) / this.scale;
    this.scale = scale;
    this.fitted = scale <= (this.least ?? 0) * 1.001;
    this.settle();
  }

  move(dx, dy) {
    this.left += dx;
    this.top += dy;
    this.settle();
  }

  // The picture stays on the board: centred while it is smaller, without a gap while it is larger.
  settle() {
    const placed = (start, size, room) =>
      size <= room ? (room - size) / 2 : Math.min(MARGIN, Math.max(room - size - MARGIN, start));
    this.left = placed(this.left, this.width * this.scale, this.board.width);
    this.top = placed(this.top, this.height * this.scale, this.board.height);
  }

  toPicture(x, y) {
    return { x: (x - this.left) / this.scale, y: (y - this.top) / this.scale };
  }
}
