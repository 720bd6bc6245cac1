import { randomBytes } from "node:crypto";

let lastInstant = -1;
let counter = 0;

/**
 * A time-ordered UUID (version 7): neighbours in time are neighbours in the index. Ids of one process
 * made at the same instant are in order too, by a counter ahead of the random bits (RFC 9562 §6.2,
 * method 1).
 * @param now epoch milliseconds
 */
export function newId(now: number): string {
  counter = now === lastInstant ? counter + 1 : 0;
  lastInstant = now;
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt16BE(0x7000 | ((counter >>> 14) & 0x0fff), 6);
  bytes.writeUInt16BE(0x8000 | (counter & 0x3fff), 8);
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
