import { assertNever } from "../assert-never.ts";
import type { Duration, Wait } from "../language/document.ts";
import type { Calendar } from "./calendar.ts";
import { MINUTE, parseDate, parseTimeOfDay } from "./civil.ts";
import type { DateValue } from "./date-value.ts";
import { sendableAt } from "./sendable.ts";
import { addDuration, atOrAfter, elapsedLength, shift, shiftDay, type Place } from "./shift.ts";
import { zoneNamed } from "./zone.ts";

/** What a step says about time. */
export interface StepTiming {
  readonly wait: Wait;
  /** `HH:MM`, local. */
  readonly at?: string;
  readonly if_past: "skip" | "send";
  readonly expires_after: Duration;
}

/** What the time of a step depends on besides the step itself. Instants are epoch milliseconds. */
export interface SendInput {
  /** The previous send or skip; for the first step the start. */
  readonly base: number;
  readonly now: number;
  /** A known IANA zone; `resolveZone` finds the one that governs. */
  readonly zone: string;
  readonly calendar: Calendar;
  /** The value of the date variable that the wait names; null if it is blank or none is named. */
  readonly date: DateValue | null;
}

export type NextSend =
  /** `expires`: from this instant on the send is stale. Sending hours may push `due` beyond it. */
  | { readonly kind: "due"; readonly due: number; readonly expires: number }
  /** `if_past: skip`, and `due` (before sending hours) is earlier than now. */
  | { readonly kind: "past"; readonly due: number }
  /** The variable is blank, or a date without a time where the step has no `at`. */
  | { readonly kind: "no_date"; readonly variable: string }
  /** The rules leave no instant within 366 days. */
  | { readonly kind: "never" };

/**
 * When a step is to be sent: the one rule of time, for previews, tests and production alike.
 *
 * The wait (and `at`) gives an instant; if that lies in the past the step is skipped, or with
 * `if_past: send` counts from now; then sending hours and business days move it forward. A wait of
 * nothing (`immediately`, `0 hours`) is never in the past. To re-derive a step that already waits
 * and was only held back by sending hours, pass `if_past: "send"`: it is not late.
 * @throws on a zone or an `at` that no valid workspace contains
 */
export function nextSend(step: StepTiming, input: SendInput): NextSend {
  const { now, zone, calendar } = input;
  let instant = unadjusted(step, input);
  if (typeof instant !== "number") return instant;
  if (instant < now) {
    if (step.if_past === "skip") return { kind: "past", due: instant };
    instant = now;
  }
  const due = sendableAt(step, instant, zone, calendar);
  if (due === null) return { kind: "never" };
  return { kind: "due", due, expires: expiry(step, due, input) };
}

/** The instant that the wait alone asks for, before any rule moves it. */
function unadjusted(
  step: StepTiming,
  input: SendInput,
): number | Extract<NextSend, { kind: "no_date" | "never" }> {
  const { wait } = step;
  const at = step.at === undefined ? null : timeOf(step.at);
  const place = { zone: zoneNamed(input.zone), calendar: input.calendar };
  switch (wait.kind) {
    case "immediately":
      return atOrAfter(Math.max(input.base, input.now), at, place.zone);
    case "after": {
      const waits = wait.n > 0 || (at !== null && elapsedLength(wait.unit) === null);
      const base = waits ? input.base : Math.max(input.base, input.now);
      return shift(base, wait.n, wait.unit, at, place) ?? { kind: "never" };
    }
    case "relative":
      return relativeTo(input.date, wait, at, place);
    default:
      return assertNever(wait);
  }
}

function relativeTo(
  date: DateValue | null,
  wait: Extract<Wait, { kind: "relative" }>,
  at: number | null,
  place: Place,
): number | Extract<NextSend, { kind: "no_date" | "never" }> {
  const { unit, variable } = wait;
  const n = wait.side === "before" ? -wait.n : wait.n;
  if (date?.kind === "datetime") return shift(date.value, n, unit, at, place) ?? { kind: "never" };

  const day = date && parseDate(date.value);
  if (day === null || at === null) return { kind: "no_date", variable };
  const length = elapsedLength(unit);
  if (length !== null) return place.zone.toInstant(day, at) + n * length;
  const shifted = shiftDay(day, n, unit, place.calendar);
  return shifted === null ? { kind: "never" } : place.zone.toInstant(shifted, at);
}

/** A step before a date is stale once that date has come; before a day, once the day is over. */
function expiry(step: StepTiming, due: number, { zone, calendar, date }: SendInput): number {
  const { wait } = step;
  if (wait.kind !== "relative" || wait.side !== "before" || date === null) {
    return addDuration(due, step.expires_after, zone, calendar);
  }
  if (date.kind === "datetime") return date.value;
  const day = parseDate(date.value);
  if (day === null) throw new Error(`${date.value} is not a date`);
  return zoneNamed(zone).toInstant(day + 1, 0);
}

function timeOf(at: string): number {
  const minutes = parseTimeOfDay(at);
  if (minutes === null) throw new Error(`${at} is not a time of day`);
  return minutes * MINUTE;
}
