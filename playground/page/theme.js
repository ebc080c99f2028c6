// Dark, light, or as the system has it; set before the page is drawn, so this is a classic script.

(() => {
  const KEY = "easel.theme";
  const ORDER = ["auto", "light", "dark"];

  const read = () => {
    const kept = localStorage.getItem(KEY);
    return ORDER.includes(kept) ? kept : "auto";
  };

  const apply = (theme) => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  };

  globalThis.easelTheme = {
    get now() {
      return read();
    },
    /** Go on to the next theme and return it. */
    next() {
      const theme = ORDER[(ORDER.indexOf(read()) + 1) % ORDER.length];
      localStorage.setItem(KEY, theme);
      apply(theme);
      return theme;
    },
  };
  apply(read());
})();
