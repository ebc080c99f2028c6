// Tells when somebody wants the menu of something in a list: right click, the menu key, or a long press of a finger.

const LONG_MS = 500;
const STILL_PX = 10;

/** onMenu({x, y} or an element, what was pressed); inside plain fields and over chosen text the browser's own menu stays. */
export function onMenuWish(list, onMenu) {
  let timer = null;
  let start = null;
  const forget = () => clearTimeout(timer);
  list.addEventListener("contextmenu", (event) => {
    forget();
    if (event.shiftKey || event.target.closest("input, textarea") || isChosen(list)) return;
    event.preventDefault();
    const byKey = event.clientX === 0 && event.clientY === 0;
    onMenu(byKey || event.button !== 2 ? event.target : { x: event.clientX, y: event.clientY }, event.target);
  });
  list.addEventListener("pointerdown", (event) => {
    forget();
    if (event.pointerType !== "touch") return;
    start = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      swallowClick(list);
      onMenu(start, event.target);
    }, LONG_MS);
  });
  list.addEventListener("pointermove", (event) => start && Math.hypot(event.clientX - start.x, event.clientY - start.y) > STILL_PX && forget());
  for (const name of ["pointerup", "pointercancel", "scroll"]) list.addEventListener(name, forget);
}

const isChosen = (list) => {
  const selection = getSelection();
  return selection && !selection.isCollapsed && list.contains(selection.anchorNode);
};

/** The finger that pressed long is lifted later: that is no click. */
function swallowClick(list) {
  const swallow = (event) => (event.preventDefault(), event.stopPropagation());
  list.addEventListener("click", swallow, { capture: true, once: true });
  window.addEventListener("pointerup", () => setTimeout(() => list.removeEventListener("click", swallow, { capture: true }), 50), { once: true });
}
