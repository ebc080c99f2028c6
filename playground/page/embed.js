// Shows rich boxes inside a message: title, text, fields, picture, footer, colour.

import { el } from "./el.js";
import { safeUrl } from "./markdown.js";
import { prose, proseLine } from "./prose.js";
import { fullText } from "./time.js";

/** One embed as a node. onPicture() opens its image large. */
export function embedView(embed, names, onPicture) {
  const box = el("article.embed", {},
    el("div.embed-text", {},
      part(embed.author?.name, () => el("div.embed-author", {}, linked(embed.author.url, embed.author.name))),
      part(embed.title, () => el("div.embed-title", { role: "heading", "aria-level": "4" }, linked(embed.url, proseLine(embed.title, names)))),
      part(embed.description, () => el("div.embed-description.prose", {}, prose(embed.description, names))),
      part(embed.fields?.length, () => el("dl.embed-fields", {}, embed.fields.map((field) => fieldView(field, names)))),
    ),
    part(embed.thumbnail?.url, () => el("img.embed-thumbnail", { src: embed.thumbnail.proxy_url ?? embed.thumbnail.url, alt: "" })),
    part(embed.image?.url, () => imageView(embed.image, onPicture)),
    part(embed.footer?.text || embed.timestamp, () => footer(embed)),
  );
  if (Number.isInteger(embed.color)) box.style.setProperty("--bar", `#${embed.color.toString(16).padStart(6, "0")}`);
  return box;
}

const part = (value, make) => (value ? make() : null);

function linked(url, words) {
  return url && safeUrl(url) ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, words) : words;
}

function fieldView(field, names) {
  return el(`div.embed-field${field.inline ? ".inline" : ""}`, {},
    el("dt", {}, proseLine(field.name, names)), el("dd.prose", {}, prose(field.value, names)));
}

function imageView(image, onPicture) {
  const node = el("button.embed-image", { type: "button", "aria-description": "Opens it large", "aria-label": image.description ? null : "Picture", onclick: onPicture },
    el("img", { src: image.proxy_url ?? image.url, alt: image.description ?? "", width: image.width || null, height: image.height || null }));
  return node;
}

function footer(embed) {
  const when = embed.timestamp ? Date.parse(embed.timestamp) : NaN;
  const words = [embed.footer?.text, Number.isNaN(when) ? null : fullText(when)].filter(Boolean).join(" · ");
  return el("div.embed-footer", {}, words);
}
