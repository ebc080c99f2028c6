// Everything one person knows: their connection, their rooms and messages, and what they have asked for.

import { Api } from "./api.js";
import { Asks } from "./asks.js";
import { isVisible, usableCommands } from "./commands.js";
import { Emitter } from "./emitter.js";
import { Gateway } from "./gateway.js";
import { localMessage } from "./local.js";
import { Room, progressOf } from "./room.js";

const LISTEN_MS = 2500;

/** Emits "ready", "connection", "message" ({kind, room, message}), "history" (room), "commands", "unread", "asks". */
export class Session extends Emitter {
  rooms = new Map();
  users = new Map();
  roles = new Map();
  commands = [];
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
    this.asks.on("change", (messageId) => this.emit("asks", messageId));
    this.gateway.on("state", (state) => this.emit("connection", state));
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
    const match = /^https?:\/\/[^/]+\/channels\/(\d+)\/(\d+)(?:\/(\d+))?\/?$/.exec(href);
    const room = match && match[1] === this.playground.guild.id && this.rooms.get(match[2]);
    return room ? { room, messageId: match[3] ?? null } : null;
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
    if (list.length < 50) room.complete = true;
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
    if (list.length < 50) room.complete = true;
    room.mergeHistory(list, { latest: false, asked });
    list.forEach((message) => this.#meetAll(message));
    this.emit("history", room);
    return list.length > 0;
  }

  async loadCommands() {
    const index = await this.api.get(`/guilds/${this.playground.guild.id}/application-command-index`);
    this.commands = usableCommands(index).filter((command) => isVisible(command, this));
    this.commandsKnown = true;
    this.emit("commands");
  }

  /** Take an ephemeral message out of sight; nobody else ever had it. */
  dismiss(room, message) {
    this.#remove(room, message.id);
  }

  #event(type, data) {
    if (type === "READY") this.#readyEvent(data);
    else if (type === "RESUMED") this.emit("ready");
    else if (type === "GUILD_CREATE") this.#guild(data);
    else if (type === "MESSAGE_CREATE") this.#create(this.#local(data));
    else if (type === "MESSAGE_UPDATE") this.#update(this.#local(data));
    else if (type === "MESSAGE_DELETE") this.#delete(data);
    else if (type.startsWith("CHANNEL_")) this.#channel(type, data);
    else if (type.startsWith("INTERACTION_")) this.asks.event(type, data);
    else if (type === "GUILD_APPLICATION_COMMAND_INDEX_UPDATE") this.loadCommands().catch(() => {});
  }

  #readyEvent(data) {
    this.user = data.user;
    this.sessionId = data.session_id;
    this.#meet(data.user);
    for (const user of data.users ?? []) this.#meet(user);
    for (const guild of data.guilds ?? []) this.#guild(guild);
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
    const text = channels.filter((channel) => channel.type === 0 || channel.type === 5).sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
    const seen = new Map(text.map((channel) => [channel.id, this.#room(channel)]));
    this.rooms = seen;
    this.emit("unread");
  }

  #room(channel) {
    const known = this.rooms.get(channel.id);
    if (!known) return new Room(channel);
    Object.assign(known, { name: channel.name, topic: channel.topic ?? "", nsfw: Boolean(channel.nsfw), position: channel.position ?? 0 });
    return known;
  }

  #channel(type, channel) {
    if (type === "CHANNEL_DELETE") this.rooms.delete(channel.id);
    else if (channel.type === 0 || channel.type === 5) this.rooms.set(channel.id, this.#room(channel));
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
    room.addUnread(message.id, this.isMentioned(message) && progressOf(message) === null);
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
