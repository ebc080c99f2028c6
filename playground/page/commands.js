// Reads the registered slash commands and turns what was typed into the body that the platform expects.

import { EVERYTHING, memberPermissions } from "./permissions.js";

export const TYPE = { sub: 1, group: 2, string: 3, integer: 4, boolean: 5, user: 6, channel: 7, role: 8, mentionable: 9, number: 10, attachment: 11 };

const TYPE_WORDS = { 3: "text", 4: "whole number", 5: "yes or no", 6: "person", 7: "room", 8: "role", 9: "person or role", 10: "number", 11: "file" };

/** What kind of value an option takes, in words. */
export const typeWords = (option) => (option.choices?.length ? "one of a list" : TYPE_WORDS[option.type] ?? "value");

const CHAT = 1;
const ON_MESSAGE = 3;
const CONTEXT = { guild: 0, botDm: 1 };

/** Every thing that can be typed after a slash, subcommands spelled out: [{name, path, description, options, …}]. */
export function usableCommands(index) {
  return commandsOf(index, CHAT).flatMap((command) => leaves(command.raw.options ?? []).map(({ path, node }) => ({
    ...command,
    name: [command.name, ...path].join(" "),
    path,
    description: (path.length ? node.description : command.description) ?? "",
    options: (path.length ? node.options : command.raw.options) ?? [],
  })));
}

/** What an app offers in the menu of a message. */
export const messageCommands = (index) => commandsOf(index, ON_MESSAGE);

function commandsOf(index, type) {
  const apps = new Map((index?.applications ?? []).map((app) => [app.id, app.bot?.global_name || app.bot?.username || app.name]));
  return (index?.application_commands ?? []).filter((command) => (command.type ?? CHAT) === type).map((command) => ({
    raw: command,
    name: command.name_localized ?? command.name,
    path: [],
    description: command.description_localized ?? command.description ?? "",
    options: [],
    applicationId: command.application_id,
    app: apps.get(command.application_id) ?? "App",
    permissions: command.default_member_permissions ?? null,
  }));
}

/** True in rooms where the command says that it may be used. */
export function fitsRoom({ raw }, room) {
  const wanted = room.isDirect ? CONTEXT.botDm : CONTEXT.guild;
  if (raw.contexts?.length) return raw.contexts.includes(wanted);
  return !room.isDirect || (raw.dm_permission !== false && !raw.guild_id);
}

function leaves(options = [], path = []) {
  const subs = options.filter((option) => option.type <= TYPE.group);
  if (!subs.length) return path.length ? [] : [{ path, node: null }];
  return subs.flatMap((sub) => {
    const here = [...path, sub.name];
    return sub.type === TYPE.group ? leaves(sub.options, here) : [{ path: here, node: sub }];
  });
}

/** False for a command that this person has no permission to use. */
export function isVisible(command, session) {
  if (command.permissions === null) return true;
  const needed = BigInt(command.permissions);
  const has = memberPermissions(session.guild, session.person);
  return has === null || has === EVERYTHING || (needed !== 0n && (has & needed) === needed);
}

/** Options that take a file. */
export const fileOptions = (command) => command.options.filter((option) => option.type === TYPE.attachment);

/** Options that take words or a choice. */
const wordOptions = (command) => command.options.filter((option) => option.type !== TYPE.attachment);

/** The first option that takes free text, if any: where an example or a link goes. */
export const textOption = (command) => command.options.find((option) => option.type === TYPE.string && !option.choices?.length);

/** The `data` of the interaction. values: option name → string as typed or chosen, or {slot} for a file;
 * focused: the name of the option that is still being typed. */
export function interactionData(command, values, { focused } = {}) {
  const { raw, path } = command;
  const attachments = [];
  let options = command.options
    .filter((option) => option.name === focused || (values[option.name] !== undefined && values[option.name] !== ""))
    .filter((option) => option.type !== TYPE.attachment || values[option.name].slot)
    .map((option) => ({ type: option.type, name: option.name, value: valueOf(option, values[option.name] ?? "", attachments, option.name === focused), ...(option.name === focused ? { focused: true } : {}) }));
  for (let depth = path.length; depth > 0; depth -= 1) {
    const type = path.length === 2 && depth === 1 ? TYPE.group : TYPE.sub;
    options = [{ type, name: path[depth - 1], options }];
  }
  return { version: raw.version, id: raw.id, name: raw.name, type: CHAT, options, application_command: raw, attachments };
}

/** The `data` of a command from a message's menu. */
export function targetData({ raw }, messageId) {
  return { version: raw.version, id: raw.id, name: raw.name, type: ON_MESSAGE, target_id: messageId, options: [], application_command: raw, attachments: [] };
}

/** Files stand in a list of their own; the option's value is the place in it. */
function valueOf(option, value, attachments, isFocused) {
  if (option.type !== TYPE.attachment) return isFocused ? value : typed(option, value);
  attachments.push({ id: String(attachments.length), ...value.slot });
  return attachments.length - 1;
}

function typed(option, text) {
  if (option.type === TYPE.integer || option.type === TYPE.number) return Number(text);
  if (option.type === TYPE.boolean) return text === "true";
  return text;
}

/** What is wrong with a value, as a sentence, or null. */
export function fault(option, text) {
  if (text === undefined || text.trim() === "") return option.required ? `“${option.name}” is needed.` : null;
  if (option.type === TYPE.integer && !/^[+-]?\d{1,16}$/.test(text.trim())) return `“${option.name}” takes a whole number.`;
  if (option.type === TYPE.number && !Number.isFinite(Number(text))) return `“${option.name}” takes a number.`;
  if (option.type === TYPE.integer || option.type === TYPE.number) return rangeFault(option, Number(text));
  if (option.type === TYPE.string && !option.choices?.length) return lengthFault(option, text);
  return null;
}

function rangeFault({ name, min_value: min, max_value: max }, value) {
  if (min !== undefined && min !== null && value < min) return `“${name}” starts at ${min}.`;
  if (max !== undefined && max !== null && value > max) return `“${name}” ends at ${max}.`;
  return null;
}

function lengthFault({ name, min_length: min, max_length: max }, text) {
  const longest = max ?? 6000;
  if (min && text.length < min) return `“${name}” needs at least ${min} characters.`;
  if (text.length > longest) return `“${name}” takes at most ${longest.toLocaleString()} characters; this is ${text.length.toLocaleString()}.`;
  return null;
}

/** Commands that fit what was typed after the slash, best first. starter: the command shown first while nothing is typed. */
export function matchCommands(commands, query, starter) {
  const wanted = query.toLowerCase().trim();
  const scored = commands.map((command, order) => ({ command, order, score: score(command, wanted, starter) }));
  return scored.filter((one) => one.score > 0).sort((a, b) => b.score - a.score || a.order - b.order).map((one) => one.command);
}

function score(command, wanted, starter) {
  const name = command.name.toLowerCase();
  if (!wanted) return command.name === starter ? 2 : 1;
  if (name === wanted) return 6;
  if (name.startsWith(wanted)) return 5;
  if (name.split(" ").some((word) => word.startsWith(wanted))) return 4;
  if (name.includes(wanted)) return 3;
  return wanted.length > 2 && ` ${command.description.toLowerCase()}`.includes(` ${wanted}`) ? 1 : 0;
}

/** The command whose whole name starts the text and is followed by a space, and what comes after it. */
export function readTyped(commands, text) {
  if (!text.startsWith("/")) return null;
  const found = commands.filter(({ name }) => text.slice(0, name.length + 2).toLowerCase() === `/${name.toLowerCase()} `).sort((a, b) => b.name.length - a.name.length)[0];
  return found ? { command: found, values: readOptions(found, text.slice(found.name.length + 2)) } : null;
}

/** "prompt: a fox seed: 7" → {prompt: "a fox", seed: "7"}; text without a name belongs to the first option. */
function readOptions(command, rest) {
  const options = wordOptions(command);
  if (!options.length) return {};
  const marks = options.map((option) => ({ option, at: markAt(rest, option.name) })).filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at);
  if (!marks.length || marks[0].at > 0) return rest ? { [options[0].name]: rest } : {};
  return Object.fromEntries(marks.map(({ option, at }, i) => {
    const from = at + option.name.length + 1 + (at > 0 ? 1 : 0);
    return [option.name, rest.slice(from, marks[i + 1]?.at).trim()];
  }));
}

function markAt(text, name) {
  if (text.startsWith(`${name}:`)) return 0;
  return text.indexOf(` ${name}:`);
}
