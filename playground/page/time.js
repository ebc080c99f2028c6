// Times in words, in the reader's own language and time zone.

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};
const UNITS = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** A moment in one of the platform's seven timestamp styles; R is relative to now. */
export function timestampText(ms, style = "f") {
  if (style === "R") return relativeText(ms);
  return new Intl.DateTimeFormat(undefined, STYLES[style] ?? STYLES.f).format(ms);
}

/** "in 3 minutes", "2 days ago". */
export function relativeText(ms, now = Date.now()) {
  const seconds = Math.round((ms - now) / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return relative.format(Math.trunc(seconds / size), unit);
}

export const clockText = (ms) => timestampText(ms, "t");
export const fullText = (ms) => timestampText(ms, "F");

/** The heading between two days. */
export function dayText(ms, now = Date.now()) {
  const days = Math.round((startOfDay(now) - startOfDay(ms)) / 86400000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return timestampText(ms, "D");
}

export const startOfDay = (ms) => new Date(ms).setHours(0, 0, 0, 0);
