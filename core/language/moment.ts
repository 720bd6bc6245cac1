import { MINUTE, parseDate, parseTimeOfDay } from "../time/civil.ts";
import { toDateValue } from "../time/date-value.ts";
import { zoneNamed } from "../time/zone.ts";
import { instantOf, parseRelativeTime, type RelativeTime } from "./relative-time.ts";

/** A time as scenarios write it: from the start, by the local clock, or an instant with its offset. */
type Moment =
  | { readonly kind: "relative"; readonly time: RelativeTime }
  | { readonly kind: "local"; readonly day: number; readonly time: number }
  | { readonly kind: "instant"; readonly instant: number };

const SECOND = 1000;
const LOCAL = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::([0-5]\d))?$/;

/** Null for any other text. */
export function parseMoment(text: string): Moment | null {
  const relative = parseRelativeTime(text);
  if (relative !== null) return { kind: "relative", time: relative };
  const [, date, clock, seconds = "0"] = LOCAL.exec(text) ?? [];
  if (date !== undefined && clock !== undefined) {
    const [day, minutes] = [parseDate(date), parseTimeOfDay(clock)];
    if (day === null || minutes === null) return null;
    return { kind: "local", day, time: minutes * MINUTE + Number(seconds) * SECOND };
  }
  const value = toDateValue(text);
  return value?.kind === "datetime" ? { kind: "instant", instant: value.value } : null;
}

/**
 * The instant, in epoch ms.
 * @param start what relative times count from
 * @param zone whose local clock is meant
 */
export function instantOfMoment(moment: Moment, start: number, zone: string): number {
  switch (moment.kind) {
    case "instant":
      return moment.instant;
    case "local":
      return zoneNamed(zone).toInstant(moment.day, moment.time);
    case "relative":
      return Date.parse(instantOf(moment.time, start, zone));
  }
}
