// Reads the chat flavour of Markdown into a plain tree; knows nothing of the page.
//
// A node is a string or {kind, children?, ...facts}. Every rule is anchored at the reading position and scans
// forward once, so hostile text costs at most the square of its length, never more; depth is limited.

const MAX_DEPTH = 12;
const ESCAPABLE = /[^0-9A-Za-z\s]/y;
const URL_REST = /https?:\/\/[^\s<]+/y;

const PATTERNS = [
  ["fence", /```(?:([a-z0-9_+.#-]+)\n)?\n*([^]*?)\n?```/iy],
  ["code", /(`+)([^]*?[^`])\1(?!`)/y],
  ["user", /<@!?(\d{1,20})>/y],
  ["role", /<@&(\d{1,20})>/y],
  ["channel", /<#(\d{1,20})>/y],
  ["command", /<\/([-\w ]{1,110}):(\d{1,20})>/y],
  ["time", /<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y],
  ["emoji", /<a?:(\w{2,32}):(\d{1,20})>/y],
  ["angle", /<(https?:\/\/[^\s<>]+)>/iy],
  ["everyone", /@(everyone|here)\b/y],
];
const PAIRS = [["***", "both"], ["**", "bold"], ["__", "underline"], ["~~", "strike"], ["||", "spoiler"], ["*", "italic"], ["_", "italic"]];

/** Read a whole message: lines first (headings, quotes, lists, small print), then what is inside them. */
export function parse(text) {
  return new Reader(String(text)).blocks();
}

/** Read one run of text without line rules (titles, labels). */
export function parseInline(text) {
  return new Reader(String(text)).inline(0, 0, String(text).length);
}

class Reader {
  constructor(text, { quoted = false } = {}) {
    this.text = text;
    this.quoted = quoted;
  }

  blocks() {
    const nodes = [];
    let at = 0;
    while (at < this.text.length) at = this.#block(at, nodes);
    return nodes;
  }

  #block(at, nodes) {
    const end = lineEnd(this.text, at);
    const line = this.text.slice(at, end);
    const quote = !this.quoted && /^(>>> |> )/.exec(line);
    if (quote) return this.#quote(at, quote[1], nodes);
    const rule = [["small", /^-# +(?=\S)/], ["heading", /^(#{1,3}) +(?=\S)/], ["item", /^( *)[-*] +(?=\S)/]]
      .map(([kind, form]) => ({ kind, match: form.exec(line) })).find(({ match }) => match);
    if (rule) {
      const children = this.inline(0, at + rule.match[0].length, end);
      nodes.push({ kind: rule.kind, level: rule.match[1]?.length ?? 0, children });
      return end + 1;
    }
    return this.#paragraph(at, nodes);
  }

  #quote(at, sign, nodes) {
    const lines = [];
    if (sign === ">>> ") {
      nodes.push({ kind: "quote", children: new Reader(this.text.slice(at + 4), { quoted: true }).blocks() });
      return this.text.length;
    }
    while (this.text.startsWith("> ", at)) {
      const end = lineEnd(this.text, at);
      lines.push(this.text.slice(at + 2, end));
      at = end + 1;
    }
    nodes.push({ kind: "quote", children: new Reader(lines.join("\n")).inline(0, 0, lines.join("\n").length) });
    return at;
  }

  /** Plain lines up to the next line that has a rule of its own; a fence may hold such lines. */
  #paragraph(at, nodes) {
    let end = at;
    for (;;) {
      end = lineEnd(this.text, this.#afterFence(end, lineEnd(this.text, end)));
      if (end >= this.text.length || /^(?:>>> |> |-# +\S|#{1,3} +\S| *[-*] +\S)/.test(this.text.slice(end + 1, end + 40))) break;
      end += 1;
    }
    nodes.push(...this.inline(0, at, end));
    if (end < this.text.length && !this.text.endsWith("```", end)) nodes.push({ kind: "break" });
    return end + 1;
  }

  #afterFence(at, end) {
    const open = this.text.indexOf("```", at);
    if (open < 0 || open >= end) return end;
    const close = this.text.indexOf("```", open + 3);
    return close < 0 ? end : Math.max(end, close + 3);
  }

  /** Nodes for text[at:end]. */
  inline(depth, at, end) {
    const nodes = [];
    let plain = "";
    const flush = () => {
      if (plain) nodes.push(plain);
      plain = "";
    };
    while (at < end) {
      const found = depth < MAX_DEPTH && this.#token(depth, at, end);
      if (found) {
        if (typeof found.node === "string") plain += found.node;
        else flush(), nodes.push(found.node);
        at = found.end;
      } else {
        plain += this.text[at];
        at += 1;
      }
    }
    flush();
    return nodes;
  }

  #token(depth, at, end) {
    const char = this.text[at];
    if (char === "\n") return { node: { kind: "break" }, end: at + 1 };
    if (char === "\\") return this.#escape(at, end);
    if (char === "h") return this.#bareLink(at, end);
    if (char === "[") return this.#maskedLink(depth, at, end);
    if ("`<@".includes(char)) return this.#pattern(at, end);
    if ("*_~|".includes(char)) return this.#pair(depth, at, end);
    return null;
  }

  #match(pattern, at, end) {
    pattern.lastIndex = at;
    const match = pattern.exec(this.text);
    return match && pattern.lastIndex <= end ? match : null;
  }

  #escape(at, end) {
    const match = this.#match(ESCAPABLE, at + 1, end);
    return match && { node: match[0], end: at + 2 };
  }

  #pattern(at, end) {
    for (const [kind, pattern] of PATTERNS) {
      const match = this.#match(pattern, at, end);
      if (match) return { node: patternNode(kind, match), end: at + match[0].length };
    }
    return null;
  }

  #bareLink(at, end) {
    if (at > 0 && /\w/.test(this.text[at - 1])) return null;
    const match = this.#match(URL_REST, at, end) ?? null;
    if (!match) return null;
    const href = trimUrl(match[0]);
    return safeUrl(href) && { node: { kind: "link", href, children: [href] }, end: at + href.length };
  }

  /** [words](https://…) or [words](<https://…>), with an optional "title" that is ignored. */
  #maskedLink(depth, at, end) {
    const close = this.#closingBracket(at, end);
    if (close < 0 || this.text[close + 1] !== "(") return null;
    const match = this.#match(/\(\s*(?:<(https?:\/\/[^\s<>]+)>|(https?:\/\/[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*))(?:\s+"[^"\n]*")?\s*\)/y, close + 1, end);
    if (!match || close === at + 1) return null;
    const href = match[1] ?? match[2];
    if (!safeUrl(href)) return null;
    return { node: { kind: "link", href, masked: true, children: this.inline(depth + 1, at + 1, close) }, end: close + 1 + match[0].length };
  }

  #closingBracket(at, end) {
    let level = 0;
    for (let i = at; i < end && i - at < 2100; i += 1) {
      if (this.text[i] === "\\") i += 1;
      else if (this.text[i] === "[") level += 1;
      else if (this.text[i] === "]" && --level === 0) return i;
    }
    return -1;
  }

  #pair(depth, at, end) {
    for (const [sign, kind] of PAIRS) {
      if (!this.text.startsWith(sign, at)) continue;
      const close = this.#closing(sign, at + sign.length, end);
      if (close < 0) continue;
      const children = this.inline(depth + 1, at + sign.length, close);
      const node = kind === "both" ? { kind: "bold", children: [{ kind: "italic", children }] } : { kind, children };
      return { node, end: close + sign.length };
    }
    return null;
  }

  /** Where a pair closes, or -1: not empty, not escaped, and single signs follow the rules of words. */
  #closing(sign, from, end) {
    if (sign === "*" && /\s|\*/.test(this.text[from] ?? " ")) return -1;
    if (sign === "_" && /\w/.test(this.text[from - 2] ?? " ")) return -1;
    for (let i = from; i + sign.length <= end; i += 1) {
      if (this.text[i] === "\\") i += 1;
      else if (i > from && this.text.startsWith(sign, i)) {
        const run = runLength(this.text, i, end);
        if (this.#closes(sign, i, run)) return i + run - sign.length;
        i += run - 1;
      }
    }
    return -1;
  }

  #closes(sign, at, run) {
    if (sign.length > 1) return true;
    if (run % 2 === 0) return false;
    if (sign === "*") return !/\s/.test(this.text[at - 1]);
    return !/\w/.test(this.text[at + run] ?? " ");
  }
}

function patternNode(kind, match) {
  if (kind === "fence") return { kind, language: match[1] ?? "", text: match[2] };
  if (kind === "code") return { kind, text: match[2].replace(/^ (?=.*` $|`)|(?<=`) $/g, "") };
  if (kind === "time") return { kind, ms: Number(match[1]) * 1000, style: match[2] ?? "f" };
  if (kind === "command" || kind === "emoji") return { kind, name: match[1], id: match[2] };
  if (kind === "everyone") return { kind, name: match[1] };
  if (kind === "angle") return safeUrl(match[1]) ? { kind: "link", href: match[1], children: [match[1]] } : match[0];
  return { kind, id: match[1] };
}

function runLength(text, at, end) {
  let run = 1;
  while (at + run < end && text[at + run] === text[at]) run += 1;
  return run;
}

function lineEnd(text, at) {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

/** Leave closing punctuation and an unopened bracket outside a bare address. */
function trimUrl(url) {
  let end = url.length;
  for (;;) {
    const last = url[end - 1];
    if (/[.,:;!?'"*_~|]/.test(last)) end -= 1;
    else if (last === ")" && count(url, "(", end) < count(url, ")", end)) end -= 1;
    else return url.slice(0, end);
  }
}

const count = (text, char, end) => text.slice(0, end).split(char).length - 1;

/** True for an http or https address; everything else stays text. */
export function safeUrl(href) {
  try {
    return ["http:", "https:"].includes(new URL(href).protocol);
  } catch {
    return false;
  }
}

/** The words of a text without any marks, for previews and announcements. */
export function plainText(text, names = {}) {
  return flatten(parse(text), names).replace(/\s+/g, " ").trim();
}

function flatten(nodes, names) {
  return nodes.map((node) => {
    if (typeof node === "string") return node;
    if (node.kind === "user") return `@${names.user?.(node.id) ?? "somebody"}`;
    if (node.kind === "channel") return `#${names.channel?.(node.id) ?? "room"}`;
    if (node.kind === "command") return `/${node.name}`;
    if (node.kind === "everyone") return `@${node.name}`;
    if (node.kind === "emoji") return `:${node.name}:`;
    if (node.kind === "spoiler") return "(hidden)";
    return node.text ?? (node.children ? flatten(node.children, names) : " ");
  }).join("");
}
