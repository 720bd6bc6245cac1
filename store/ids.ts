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
  return idOf(now, counter, randomDigits());
}

const RANDOM_DIGITS = 12;
/** To ask for random bytes costs the same for many as for a few. */
const SUPPLY_BYTES = 3_072;
let supply = "";
let used = 0;

function randomDigits(): string {
  if (used === supply.length) {
    supply = randomBytes(SUPPLY_BYTES).toString("hex");
    used = 0;
  }
  used += RANDOM_DIGITS;
  return supply.slice(used - RANDOM_DIGITS, used);
}

/** What every id made at an instant or later comes after, and none made before. @param instant epoch ms */
export function firstIdAt(instant: number): string {
  return idOf(Math.max(0, instant), 0, "0".repeat(RANDOM_DIGITS));
}

/** When an id was made, epoch ms. */
export function instantOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

function idOf(instant: number, count: number, random: string): string {
  const time = instant.toString(16).padStart(12, "0");
  const high = (0x7000 | ((count >>> 14) & 0x0fff)).toString(16);
  const low = (0x8000 | (count & 0x3fff)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-${high}-${low}-${random}`;
}
