// Dark, light, or as the system has it; set before the page is drawn, so this is a classic script.

(() => {
  const KEY = "easel.theme";
  const ORDER = ["auto", "light", "dark"];

  const read = () => {
    try {
      const kept = localStorage.getItem(KEY);
      return ORDER.includes(kept) ? kept : "auto";
    } catch {
      return "auto"; // This browser keeps nothing.
    }
  };
  let now = read();

  const keep = (theme) => {
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // It holds until the page is left.
    }
  };

  const apply = (theme) => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  };

  globalThis.easelTheme = {
    get now() {
      return now;
    },
    /** Go on to the next theme and return it. */
    next() {
      now = ORDER[(ORDER.indexOf(now) + 1) % ORDER.length];
      keep(now);
      apply(now);
      return now;
    },
  };
  apply(now);
})();
