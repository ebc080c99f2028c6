// Ids that carry their time: 42 bits of milliseconds since 2015, then 22 bits of the sender's own.

const EPOCH_MS = 1420070400000n;
let counter = 0n;

/** A fresh nonce in the form of an id. */
export function newNonce() {
  counter = (counter + 1n) & 0x3fffffn;
  return (((BigInt(Date.now()) - EPOCH_MS) << 22n) | counter).toString();
}

/** Milliseconds since 1970 at which an id was made. */
export function timeOf(id) {
  return Number((BigInt(id) >> 22n) + EPOCH_MS);
}

/** Order of two ids, oldest first. */
export function compareIds(a, b) {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
