// What this browser remembers from visit to visit; where it forbids that, each visit begins anew.

/** The value that was kept under the key, or null. */
export function kept(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function keep(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Full or forbidden: it holds until the page is left.
  }
}
