import { DateTime } from "luxon";

/** `1 step`, `2 steps`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** An instant by its own clock: `Mon 2 Mar 2026 10:00 (+00:00)`. */
export function dateWords(iso: string): string {
  return DateTime.fromISO(iso, { setZone: true })
    .setLocale("en")
    .toFormat("ccc d LLL yyyy HH:mm (ZZ)");
}
