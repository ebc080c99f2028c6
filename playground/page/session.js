// Everything one person knows: their connection, their rooms and messages, and what they have asked for.

import { Api } from "./api.js";
import { Asks } from "./asks.js";
import { fitsRoom, isVisible, messageCommands, usableCommands } from "./commands.js";
import { Emitter } from "./emitter.js";
import { Gateway } from "./gateway.js";
import { localMessage } from "./local.js";
import { counted } from "./reactions.js";
import { PAGE, Room, directRoom, progressOf } from "./room.js";
import { Suggestions } from "./suggestions.js";

const LISTEN_MS = 2500;

const TEXT_CHANNELS = new Set([0, 5]);
const DIRECT_CHANNEL = 1;

/** Emits "ready", "connection", "message" ({kind, room, message}), "history" (room), "commands", "unread", "asks", "form" (a modal to fill in). */
export class Session extends Emitter {
  rooms = new Map();
  users = new Map();
  roles = new Map();
  #slashCommands = [];
  #messageCommands = [];
  commandsKnown = false;
  ready = false;
  sessionId = "";
  user = null;
  guild = null;

  #heardReady;
  #listening = new Promise((done) => (this.#heardReady = done));

  constructor(person, playground, traffic) {
    super();
    this.person = person;
    this.playground = playground;
    this.api = new Api(person, traffic);
    this.gateway = new Gateway(playground.gateway_url, person, traffic);
    this.asks = new Asks(this);
    this.suggestions = new Suggestions(this);
    this.asks.on("change", (messageId) => this.emit("asks", messageId));
    this.gateway.on("state", (state) => this.emit("connection", state));
    this.asks.on("form", (form) => this.emit("form", form));
    this.gateway.on("event", ({ type, data }) => this.#event(type, data));
    for (const known of playground.people) this.users.set(known.id, { id: known.id, username: known.name, global_name: known.name });
    for (const channel of playground.channels) this.rooms.set(channel.id, new Room(channel));
  }

  /** Open the connection unless it is open already. */
  connect() {
    if (["idle", "waiting"].includes(this.gateway.state)) this.gateway.connect();
  }

  get unread() {
    return [...this.rooms.values()].reduce((sum, room) => sum + room.unread, 0);
  }

  get mentions() {
    return [...this.rooms.values()].reduce((sum, room) => sum + room.mentions, 0);
  }

  /** What a person is called here. */
  nameOf(id) {
    const user = this.users.get(id);
    return user && (user.nick || user.global_name || user.username);
  }

  /** Names for ids inside a text. */
  get names() {
    return {
      user: (id) => this.nameOf(id),
      channel: (id) => this.rooms.get(id)?.name,
      role: (id) => this.roles.get(id)?.name,
    };
  }

  /** The room and message that an address of a message means, if they are here. */
  placeOf(href) {
    const match = /^https?:\/\/[^/]+\/(?:#\/)?channels\/(\d+|@me)\/(\d+)(?:\/(\d+))?\/?$/.exec(href);
    const room = match && this.rooms.get(match[2]);
    const fits = room && match[1] === (room.isDirect ? "@me" : this.playground.guild.id);
    return fits ? { room, messageId: match[3] ?? null } : null;
  }

  /** The address of a room or of a message in it; opening it leads back here. */
  addressOf(room, messageId) {
    return `${location.origin}/#/channels/${room.isDirect ? "@me" : this.playground.guild.id}/${room.id}${messageId ? `/${messageId}` : ""}`;
  }

  /** Slash commands that this person may use in a room. */
  commandsIn(room) {
    return this.#slashCommands.filter((command) => fitsRoom(command, room) && (room.isDirect || isVisible(command, this)));
  }

  /** What the menu of a message offers there. */
  messageCommandsIn(room) {
    return this.#messageCommands.filter((command) => fitsRoom(command, room) && (room.isDirect || isVisible(command, this)));
  }

  /** True for the name of a slash command, with or without its subcommands. */
  isSlashCommand(name) {
    return this.#slashCommands.some((command) => command.name === name || command.raw.name === name);
  }

  /** Send an interaction from a room. */
  interact(channelId, body) {
    const place = this.rooms.get(channelId)?.isDirect ? {} : { guild_id: this.playground.guild.id };
    return this.api.post("/interactions", { ...body, ...place, channel_id: channelId, session_id: this.sessionId });
  }

  /** The app's own user, once known. */
  get bot() {
    return this.users.get(this.playground.application_id) ?? [...this.users.values()].find((user) => user.bot) ?? null;
  }

  /** The direct room with a user; opens it when there is none yet. */
  async directWith(userId) {
    const known = [...this.rooms.values()].find((room) => room.other?.id === userId);
    return known ?? this.#direct(await this.api.post("/users/@me/channels", { recipients: [userId] }));
  }

  /** Read a room's newest messages; asked once the gateway listens, so that nothing falls between the two. */
  async loadLatest(room) {
    await Promise.race([this.#listening, new Promise((done) => setTimeout(done, LISTEN_MS))]);
    const turn = (room.turn += 1);
    const asked = room.moment;
    const list = (await this.api.messages(room.id)).map((message) => this.#local(message));
    if (turn < room.turnTaken) return;
    room.turnTaken = turn;
    room.loaded = true;
    if (list.length < PAGE) room.complete = true;
    room.mergeHistory(list, { latest: true, asked });
    list.forEach((message) => this.#meetAll(message));
    this.emit("history", room);
  }

  /** One page further back; returns false when there is nothing older. */
  async loadOlder(room) {
    const oldest = room.inOrder()[0];
    if (!oldest || room.complete) return false;
    const asked = room.moment;
    const list = (await this.api.messages(room.id, { before: oldest.id })).map((message) => this.#local(message));
    if (list.length < PAGE) room.complete = true;
    room.mergeHistory(list, { latest: false, asked });
    list.forEach((message) => this.#meetAll(message));
    this.emit("history", room);
    return list.length > 0;
  }

  async loadCommands() {
    const index = await this.api.get(`/guilds/${this.playground.guild.id}/application-command-index`);
    this.#slashCommands = usableCommands(index);
    this.#messageCommands = messageCommands(index);
    this.commandsKnown = true;
    this.emit("commands");
  }

  /** Take an ephemeral message out of sight; nobody else ever had it. */
  dismiss(room, message) {
    this.#remove(room, message.id);
  }

  /** An event that cannot be understood is left out; the next ones still count. */
  #event(type, data) {
    try {
      this.#take(type, data);
    } catch (error) {
      console.warn(`${type} was left out:`, error);
    }
  }

  #take(type, data) {
    if (type === "READY") this.#readyEvent(data);
    else if (type === "RESUMED") this.emit("ready");
    else if (type === "GUILD_CREATE") this.#guild(data);
    else if (type === "MESSAGE_CREATE") this.#create(this.#local(data));
    else if (type === "MESSAGE_UPDATE") this.#update(this.#local(data));
    else if (type === "MESSAGE_DELETE") this.#delete(data);
    else if (type.startsWith("MESSAGE_REACTION_")) this.#reaction(type, data);
    else if (type.startsWith("CHANNEL_")) this.#channel(type, data);
    else if (type.startsWith("INTERACTION_")) this.#interaction(type, data);
    else if (type === "APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE") this.suggestions.event(data);
    else if (type === "GUILD_APPLICATION_COMMAND_INDEX_UPDATE") this.loadCommands().catch(() => {});
  }

  #interaction(type, data) {
    this.asks.event(type, data);
    if (type === "INTERACTION_FAILURE") this.suggestions.event({ nonce: data.nonce });
  }

  #readyEvent(data) {
    this.user = data.user;
    this.sessionId = data.session_id;
    this.#meet(data.user);
    for (const user of data.users ?? []) this.#meet(user);
    for (const guild of data.guilds ?? []) this.#guild(guild);
    for (const channel of data.private_channels ?? []) this.#direct(channel);
    this.ready = true;
    this.emit("ready");
    this.loadCommands().catch(() => this.emit("commands"));
    for (const room of this.rooms.values()) if (room.turn > 0) this.loadLatest(room).catch(() => {});
    this.#heardReady();
  }

  #guild(guild) {
    if (guild.unavailable || guild.id !== this.playground.guild.id) return;
    this.guild = guild;
    for (const role of guild.roles ?? []) this.roles.set(role.id, role);
    for (const member of guild.members ?? []) this.#meet(member.user, member.nick);
    if (guild.channels) this.#channels(guild.channels);
  }

  #channels(channels) {
    const text = channels.filter((channel) => TEXT_CHANNELS.has(channel.type)).sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
    const direct = [...this.rooms].filter(([, room]) => room.isDirect);
    this.rooms = new Map([...text.map((channel) => [channel.id, this.#room(channel)]), ...direct]);
    this.emit("unread");
  }

  #room(channel) {
    const known = this.rooms.get(channel.id);
    if (!known) return new Room(channel);
    known.describe(channel);
    return known;
  }

  #direct(channel) {
    const room = this.rooms.get(channel.id) ?? directRoom(channel, this.users, this.person.id);
    for (const user of channel.recipients ?? []) this.#meet(user);
    this.rooms.set(room.id, room);
    this.emit("unread");
    return room;
  }

  #channel(type, channel) {
    if (type === "CHANNEL_DELETE") this.rooms.delete(channel.id);
    else if (channel.type === DIRECT_CHANNEL) this.#direct(channel);
    else if (TEXT_CHANNELS.has(channel.type)) this.rooms.set(channel.id, this.#room(channel));
    this.emit("unread");
  }

  #create(message) {
    const room = this.rooms.get(message.channel_id);
    if (!room) return;
    const known = room.messages.has(message.id);
    room.touch(message.id);
    this.#meetAll(message);
    room.messages.set(message.id, message);
    this.asks.answered(message);
    if (!known) this.#count(room, message);
    this.emit("message", { kind: "create", room, message });
    if (!known) this.emit("unread");
  }

  #count(room, message) {
    if (message.author.id === this.person.id) return;
    room.addUnread(message.id, this.isMeant(room, message) && progressOf(message) === null);
  }

  /** True when a message is meant for this person: said to them alone, or naming them. */
  isMeant(room, message) {
    return room.isDirect || this.isMentioned(message);
  }

  /** True when a message speaks to this person. */
  isMentioned(message) {
    return message.mention_everyone || (message.mentions ?? []).some((user) => user.id === this.person.id);
  }

  #update(part) {
    const room = this.rooms.get(part.channel_id);
    const before = room?.messages.get(part.id);
    if (!room || (!before && (!part.author || room.isBeforeShown(part.id)))) return;
    const message = { ...before, ...part };
    this.#meetAll(message);
    room.touch(message.id);
    room.messages.set(message.id, message);
    this.emit("message", { kind: "update", room, message });
  }

  #reaction(type, data) {
    const room = this.rooms.get(data.channel_id);
    const message = room?.messages.get(data.message_id);
    if (!message) return;
    const by = { MESSAGE_REACTION_ADD: 1, MESSAGE_REACTION_REMOVE: -1 }[type];
    const reactions = by ? counted(message.reactions, data, by, this.person.id) : (message.reactions ?? []).filter((one) => type === "MESSAGE_REACTION_REMOVE_EMOJI" && one.emoji.name !== data.emoji.name);
    room.touch(message.id);
    room.messages.set(message.id, { ...message, reactions });
    this.emit("message", { kind: "update", room, message: room.messages.get(message.id) });
  }

  #delete({ id, channel_id: channelId }) {
    const room = this.rooms.get(channelId);
    room?.touch(id);
    if (room) this.#remove(room, id);
  }

  #remove(room, id) {
    const message = room.messages.get(id);
    if (!message) return;
    room.remove(id);
    this.emit("message", { kind: "delete", room, message });
    this.emit("unread");
    for (const other of room.messages.values()) this.#orphan(room, other, id);
  }

  #orphan(room, message, id) {
    if (message.message_reference?.message_id !== id || message.referenced_message === null) return;
    message.referenced_message = null;
    this.emit("message", { kind: "update", room, message });
  }

  #local(message) {
    return localMessage(message, this.playground.file);
  }

  #meet(user, nick) {
    if (user) this.users.set(user.id, { ...this.users.get(user.id), ...user, ...(nick ? { nick } : {}) });
  }

  #meetAll(message) {
    if (!message.author) return;
    this.#meet(message.author, message.member?.nick);
    for (const user of message.mentions ?? []) this.#meet(user, user.member?.nick);
  }
}
