import type { Weekday } from "../language/policy.ts";
import { memoize } from "./memo.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** The length of a civil day, which has no zone. A local day may be shorter or longer. */
export const DAY = 24 * HOUR;

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** The date (`YYYY-MM-DD`) of a day number; day 0 is 1970-01-01. */
export const dateOf: (day: number) => string = memoize(20_000, (day) =>
  new Date(day * DAY).toISOString().slice(0, -14),
);

/** The day number of a date that exists; null for any other text. */
export function parseDate(text: string): number | null {
  if (!DATE.test(text)) return null;
  const day = Date.parse(`${text}T00:00:00Z`) / DAY;
  // 30 February parses as 2 March.
  return Number.isNaN(day) || dateOf(day) !== text ? null : day;
}

/** The ISO weekday of a day number. */
export function weekdayOf(day: number): Weekday {
  return (((((day + 3) % 7) + 7) % 7) + 1) as Weekday;
}

/** Minutes since midnight of a 24-hour `HH:MM`; null for any other text, `24:00` included. */
export function parseTimeOfDay(text: string): number | null {
  const match = TIME_OF_DAY.exec(text);
  return match ? Number(match[1]) * 60 + Number(match[2]) : null;
}
