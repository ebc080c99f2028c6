// The parts of a form: a text field or a choice with its label, what is wrong with it, and what is sent for it.

import { el, fill } from "./el.js";
import { prose } from "./prose.js";
import { Select, SELECTS, offers } from "./select.js";

const ROW = 1;
const TEXT_INPUT = 4;
const TEXT = 10;
const LABEL = 18;
const PARAGRAPH = 2;
let fields = 0;

/** One component of a form as {node, id?, input?, value, first, set(), check(), sent, grow()?}. */
export function partOf(component, session) {
  if (component.type === ROW) return inner(component.components?.[0], component.components?.[0]?.label, "", session, (sent) => ({ type: ROW, components: [sent] }));
  if (component.type === LABEL) return inner(component.component, component.label, component.description, session, (sent) => ({ type: LABEL, ...(component.id === undefined ? {} : { id: component.id }), component: sent }));
  if (component.type === TEXT) return { node: el("div.prose", {}, prose(component.content ?? "", session.names)) };
  return unknown(component);
}

function inner(component, label, description, session, wrap) {
  if (component?.type === TEXT_INPUT) return textPart(component, label ?? component.label, description, wrap);
  if (component && SELECTS[component.type]) return selectPart(component, label, description, session, wrap);
  return unknown(component);
}

const unknown = (component) => ({ node: el("p.unknown", {}, `(A part of this form cannot be shown here: type ${component?.type}.)`) });

function textPart(component, label, description, wrap) {
  const isLong = component.style === PARAGRAPH;
  const id = `form-field-${(fields += 1)}`;
  const required = component.required !== false;
  const [least, most] = [component.min_length ?? 0, component.max_length ?? 4000];
  const input = el(isLong ? "textarea" : "input", {
    id, type: isLong ? null : "text", rows: isLong ? "3" : null, placeholder: component.placeholder ?? null, autocomplete: "off", "aria-required": String(required), "aria-describedby": `${id}-more`, value: component.value ?? "",
  });
  const count = el("span.count");
  const fault = el("span.field-fault", { role: "alert" });
  const grow = () => isLong && (input.style.setProperty("height", "auto"), input.style.setProperty("height", `${input.scrollHeight + 2}px`));
  const faultOf = () => {
    if (!input.value.trim()) return required ? "This is needed." : null;
    if (input.value.length < least) return `At least ${least} characters, please.`;
    return input.value.length > most ? `${(input.value.length - most).toLocaleString()} characters too many.` : null;
  };
  const show = (words) => (fill(fault, words), input.setAttribute("aria-invalid", String(Boolean(words))));
  const tell = () => {
    fill(count, `${input.value.length.toLocaleString()} / ${most.toLocaleString()}`);
    count.classList.toggle("over", input.value.length > most);
  };
  input.addEventListener("input", () => (tell(), grow(), show(null)));
  tell();
  const node = el("div.form-field", {}, labelView(label, { id, required }), description && el("p.form-more", {}, description), input, el("div.form-under", { id: `${id}-more` }, fault, count));
  return {
    node, input, grow, id: component.custom_id, first: component.value ?? "",
    get value() { return input.value; },
    set: (words) => ((input.value = words), tell(), grow()),
    check: () => (show(faultOf()), Boolean(faultOf())),
    get sent() { return wrap({ type: TEXT_INPUT, ...idOf(component), custom_id: component.custom_id, value: input.value }); },
  };
}

function selectPart(component, label, description, session, wrap) {
  const required = component.required !== false;
  const fault = el("span.field-fault", { role: "alert" });
  const select = new Select({ ...component, min_values: required ? component.min_values ?? 1 : 0 }, { options: offers(component, session), label, onChoose: () => fill(fault) });
  return {
    node: el("div.form-field", {}, labelView(label, { required }), description && el("p.form-more", {}, description), select.element, el("div.form-under", {}, fault)),
    input: select.button, id: component.custom_id, first: select.values,
    get value() { return select.values; },
    set: (values) => (select.values = values),
    check: () => (fill(fault, required && !select.values.length && "Please choose."), required && !select.values.length),
    get sent() { return wrap({ type: component.type, ...idOf(component), custom_id: component.custom_id, values: select.values }); },
  };
}

const idOf = ({ id }) => (id === undefined ? {} : { id });

function labelView(words, { id = null, required }) {
  return el("label.form-label", { for: id }, words || "Text", required && el("span.form-star", { "aria-hidden": "true" }, " *"));
}
