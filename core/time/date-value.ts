import { DAY, HOUR, MINUTE, parseDate } from "./civil.ts";

/** A date variable's value: a day without a time (`YYYY-MM-DD`), or an instant in epoch milliseconds. */
export type DateValue =
  | { readonly kind: "date"; readonly value: string }
  | { readonly kind: "datetime"; readonly value: number };

const DATETIME =
  /^(\d{4}-\d{2}-\d{2})[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(\.\d{1,9})?)?(?:Z|([+-])(\d{2})(?::?([0-5]\d))?)$/i;

/**
 * Reads a variable's value: a date, or an ISO 8601 datetime with `Z` or an offset. Null for all
 * else: blank, a date that does not exist, a datetime that leaves its zone open.
 */
export function toDateValue(value: unknown): DateValue | null {
  if (typeof value !== "string") return null;
  const text = value.trim();
  if (parseDate(text) !== null) return { kind: "date", value: text };
  const [, date = "", hour, minute, second = 0, fraction = 0, sign, hours = 0, minutes = 0] =
    DATETIME.exec(text) ?? [];
  const day = parseDate(date);
  if (day === null) return null;
  const milliseconds = Math.round((Number(second) + Number(fraction)) * 1000);
  const local = day * DAY + Number(hour) * HOUR + Number(minute) * MINUTE + milliseconds;
  const offset = Number(hours) * HOUR + Number(minutes) * MINUTE;
  return { kind: "datetime", value: sign === "-" ? local + offset : local - offset };
}
