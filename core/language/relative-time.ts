import { dateOf, HOUR, MINUTE, parseTimeOfDay } from "../time/civil.ts";
import { zoneNamed } from "../time/zone.ts";

const ELAPSED = { minute: MINUTE, hour: HOUR } as const;
const DAYS = { day: 1, week: 7 } as const;
const RELATIVE = /^([+-]) ?(\d{1,5}) (?:(minute|hour)s?|(day|week)s?(?: (\S+))?)$/;

/** A time counted from a start, as personas write it: `-2 hours`, `+3 days`, `+3 days 10:00`. */
export type RelativeTime =
  | { readonly kind: "elapsed"; readonly ms: number }
  /** Without a time of day (ms since midnight) it is the start's own. */
  | { readonly kind: "days"; readonly days: number; readonly time: number | null };

/** Null for any other text. */
export function parseRelativeTime(text: string): RelativeTime | null {
  const [, sign, count, elapsed, days, clock] = RELATIVE.exec(text) ?? [];
  if (sign === undefined) return null;
  const n = sign === "-" ? -Number(count) : Number(count);
  if (elapsed !== undefined) return { kind: "elapsed", ms: n * ELAPSED[elapsed as "minute"] };
  const minutes = clock === undefined ? null : parseTimeOfDay(clock);
  if (clock !== undefined && minutes === null) return null;
  const time = minutes === null ? null : minutes * MINUTE;
  return { kind: "days", days: n * DAYS[days as "day"], time };
}

/**
 * The instant, as ISO 8601 in UTC.
 * @param start epoch ms
 * @param zone whose days and times of day are meant
 */
export function instantOf(relative: RelativeTime, start: number, zone: string): string {
  return new Date(resolve(relative, start, zone)).toISOString();
}

/** The local date, `YYYY-MM-DD`. */
export function dayOf(relative: RelativeTime, start: number, zone: string): string {
  const local = zoneNamed(zone).toLocal(relative.kind === "elapsed" ? start + relative.ms : start);
  return dateOf(relative.kind === "elapsed" ? local.day : local.day + relative.days);
}

function resolve(relative: RelativeTime, start: number, zone: string): number {
  if (relative.kind === "elapsed") return start + relative.ms;
  const { days, time } = relative;
  const { toLocal, toInstant } = zoneNamed(zone);
  const local = toLocal(start);
  return days === 0 && time === null ? start : toInstant(local.day + days, time ?? local.time);
}
