// A face for everybody: initials on a pigment for people, a brush for apps.

import { el, icon } from "./el.js";

const PIGMENTS = 6;

/** A round face (people) or a square one (apps); decoration beside a visible name. */
export function avatar(user, size = "") {
  const name = user.nick || user.global_name || user.username || "?";
  const face = el(`span.avatar${size && `.${size}`}${user.bot ? ".bot" : ""}`, { "aria-hidden": "true", data: { pigment: String(pigmentOf(user.id)) } });
  face.append(user.bot ? icon("brush") : [...name][0].toUpperCase());
  return face;
}

function pigmentOf(id) {
  let sum = 0;
  for (const digit of String(id)) sum = (sum * 31 + digit.charCodeAt(0)) % 9973;
  return sum % PIGMENTS;
}
