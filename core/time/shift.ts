import type { Duration, Unit } from "../language/document.ts";
import { addBusinessDays, type Calendar } from "./calendar.ts";
import { DAY, HOUR, MINUTE } from "./civil.ts";
import { zoneNamed, type Zone } from "./zone.ts";

/** Where local dates and times are read. */
export interface Place {
  readonly zone: Zone;
  readonly calendar: Calendar;
}

/** The milliseconds of a unit of elapsed time; null for days, which choose a date. */
export function elapsedLength(unit: Unit): number | null {
  if (unit === "minute") return MINUTE;
  return unit === "hour" ? HOUR : null;
}

/** The local date `n` days or business days (negative: before) from a day; null if there is none. */
export function shiftDay(day: number, n: number, unit: Unit, calendar: Calendar): number | null {
  return unit === "business_day" ? addBusinessDays(day, n, calendar) : day + n;
}

/**
 * `n` units (negative: before) from an instant. Days keep the local time unless `at` (milliseconds
 * since midnight) sets it; after elapsed time `at` is its next occurrence. Null if there are no
 * business days to count.
 */
export function shift(
  instant: number,
  n: number,
  unit: Unit,
  at: number | null,
  { zone, calendar }: Place,
): number | null {
  const length = elapsedLength(unit);
  if (length !== null) return atOrAfter(instant + n * length, at, zone);
  const local = zone.toLocal(instant);
  const day = shiftDay(local.day, n, unit, calendar);
  if (day === null) return null;
  // Not by way of the local time, which may have been shown twice.
  if (day === local.day && at === null) return instant;
  return zone.toInstant(day, at ?? local.time);
}

/** The first instant at or after `instant` at which the local clock shows `at`; without `at` itself. */
export function atOrAfter(instant: number, at: number | null, zone: Zone): number {
  if (at === null) return instant;
  // From the day before: a gap can carry one day's time into the next.
  for (let day = zone.toLocal(instant).day - 1; ; day++) {
    const found = zone.toInstant(day, at);
    if (found >= instant) return found;
  }
}

/**
 * An instant and a length of time. Minutes and hours are elapsed time; days and business days keep
 * the local time in `zone`. Where there are no business days at all, every day counts as one.
 */
export function addDuration(
  instant: number,
  duration: Duration,
  zone: string,
  calendar: Calendar,
): number {
  const place = { zone: zoneNamed(zone), calendar };
  const { n, unit } = duration;
  return shift(instant, n, unit, null, place) ?? instant + n * DAY;
}
