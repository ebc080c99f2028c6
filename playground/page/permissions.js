// What a person may do, from their roles as the gateway lists them.

const ADMINISTRATOR = 1n << 3n;
/** What an administrator holds. */
export const EVERYTHING = (1n << 60n) - 1n;

/** The permission bits of a person, or null when the server has not said enough to know. */
export function memberPermissions(guild, person) {
  if (!guild?.roles?.length) return person.admin ? EVERYTHING : null;
  if (guild.owner_id === person.id) return EVERYTHING;
  const member = (guild.members ?? []).find(({ user }) => user?.id === person.id);
  if (!member) return person.admin ? EVERYTHING : null;
  const held = guild.roles.filter((role) => role.id === guild.id || member.roles.includes(role.id));
  const bits = held.reduce((all, role) => all | BigInt(role.permissions), 0n);
  return bits & ADMINISTRATOR ? EVERYTHING : bits;
}
