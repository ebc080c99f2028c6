// Puts a popover beside what it belongs to; on narrow screens it is a sheet at the bottom.

const GAP_PX = 6;

/** Show a popover at {x, y} or by an element; what has the focus gets it back unless it went elsewhere. */
export function showPopup(node, at, { wide = false } = {}) {
  const before = document.activeElement;
  const home = at instanceof Element ? at : null;
  node.showPopover();
  place(node, home?.getBoundingClientRect() ?? new DOMRect(at.x, at.y, 0, 0), wide);
  const closed = ({ newState }) => {
    if (newState !== "closed") return;
    node.removeEventListener("toggle", closed);
    const lost = document.activeElement === document.body || node.contains(document.activeElement);
    if (lost && before?.isConnected) before.focus({ preventScroll: true });
    node.dispatchEvent(new CustomEvent("popupclosed"));
  };
  node.addEventListener("toggle", closed);
}

function place(node, box, wide) {
  const set = (name, value) => node.style.setProperty(name, `${Math.round(value)}px`);
  if (wide) set("min-width", box.width);
  const { offsetWidth: width, offsetHeight: height } = node;
  const below = innerHeight - box.bottom - GAP_PX;
  const above = box.top - GAP_PX;
  set("--left", Math.max(8, Math.min(box.left, innerWidth - width - 8)));
  set("--top", below >= height || below >= above ? Math.min(box.bottom + GAP_PX, Math.max(8, innerHeight - height - 8)) : Math.max(8, above - height));
}
