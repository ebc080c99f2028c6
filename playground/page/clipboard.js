// Copies words, also where the browser keeps its clipboard from pages that are not on a secure address.

import { el } from "./el.js";

/** True when the words are on the clipboard. */
export async function copyText(words) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    return copyBySelection(words);
  }
}

function copyBySelection(words) {
  const box = el("textarea.announcer", { value: words, "aria-hidden": "true" });
  const before = document.activeElement;
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  before?.focus?.();
  return done;
}
