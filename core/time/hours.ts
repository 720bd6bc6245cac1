import type { SendHours, Weekday, Window } from "../language/policy.ts";
import { parseTimeOfDay } from "./civil.ts";

/** What is wrong with authored hours; `key` is the entry at fault, null the hours as a whole. */
export interface HoursError {
  readonly key: string | null;
  readonly message: string;
  readonly hint?: string;
}

export type HoursResult =
  | { readonly hours: SendHours; readonly errors: readonly [] }
  | { readonly hours: null; readonly errors: readonly HoursError[] };

const WEEK: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];
const NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const MIDNIGHT = 24 * 60;
const EXAMPLE = 'write it like "09:00-21:00"';

/**
 * Reads `quiet_hours`: the same span every day, `from` quiet, `to` not, across midnight or within
 * a day. What is left of each day are the sending hours; holidays are days like any other.
 */
export function parseQuietHours(authored: { from: unknown; to: unknown }): HoursResult {
  const errors: HoursError[] = [];
  const read = (key: "from" | "to"): number => {
    const text = authored[key];
    const minutes = typeof text === "string" ? parseTimeOfDay(text) : null;
    if (minutes === null) {
      errors.push({
        key,
        message: `${shown(text)} is not a time of day`,
        hint: 'write it like "21:00"',
      });
    }
    return minutes ?? 0;
  };
  const from = read("from");
  const to = read("to");
  if (errors.length === 0 && from === to) {
    errors.push({
      key: "to",
      message: "quiet hours must not begin and end at the same time",
      hint: "leave quiet_hours out to send at any time",
    });
  }
  if (errors.length > 0) return { hours: null, errors };

  const day =
    from > to
      ? [{ from: to, to: from }]
      : merge([
          { from: 0, to: from },
          { from: to, to: MIDNIGHT },
        ]);
  return { hours: { days: everyDay(() => day), holidays: null }, errors: [] };
}

/**
 * Reads `send_hours`: windows by `mon`, `mon-fri`, … and `holidays`. A day that is not named is
 * closed; a window across midnight ends on the next day; without `holidays` they are days like any other.
 */
export function parseSendHours(authored: { readonly [key: string]: unknown }): HoursResult {
  const errors: HoursError[] = [];
  const windows = everyDay((): Window[] => []);
  const namedBy = new Map<Weekday, string>();
  let holidays: Window[] | null = null;

  for (const [key, value] of Object.entries(authored)) {
    const days = key === "holidays" ? [] : parseDays(key);
    if (days === null) {
      errors.push({ key, message: `${shown(key)} is not a day`, hint: hintForDay(key) });
      continue;
    }
    const spans = parseSpans(value);
    if (typeof spans === "string") {
      errors.push({ key, message: spans, hint: `${EXAMPLE}, or closed` });
      continue;
    }
    if (key === "holidays") {
      if (spans.some(crossesMidnight)) {
        errors.push({
          key,
          message: "hours on holidays must not run past midnight",
          hint: "end them at 24:00",
        });
      }
      holidays = merge(spans);
    }
    for (const day of days) {
      const other = namedBy.get(day);
      if (other !== undefined) {
        errors.push({
          key,
          message: `${NAMES[day - 1]} is already set by ${shown(other)}`,
          hint: "name each day once",
        });
      }
      namedBy.set(day, key);
      for (const span of spans) {
        if (!crossesMidnight(span)) windows[day].push(span);
        else {
          windows[day].push({ from: span.from, to: MIDNIGHT });
          windows[nextDay(day)].push({ from: 0, to: span.to });
        }
      }
    }
  }

  if (errors.length === 0 && WEEK.every((day) => windows[day].length === 0)) {
    errors.push({
      key: null,
      message: "every day of the week is closed: nothing could ever be sent",
    });
  }
  if (errors.length > 0) return { hours: null, errors };
  return { hours: { days: everyDay((day) => merge(windows[day])), holidays }, errors: [] };
}

function parseDays(key: string): Weekday[] | null {
  const [first, last = first, ...rest] = key.split("-").map(weekdayNamed);
  if (!first || !last || rest.length > 0) return null;
  const days = [first];
  for (let day = first; day !== last;) days.push((day = nextDay(day)));
  return days;
}

function weekdayNamed(name: string): Weekday | null {
  return WEEK.find((day) => NAMES[day - 1] === name.trim()) ?? null;
}

/** The windows of one entry, not yet split at midnight; or what is wrong with them. */
function parseSpans(value: unknown): Window[] | string {
  if (value === "closed") return [];
  const parts = (Array.isArray(value) ? value : [value]).flatMap((part) =>
    typeof part === "string" ? part.split(",").map((text) => text.trim()) : [part],
  );
  const spans: Window[] = [];
  for (const part of parts) {
    const [from, to, ...rest] = typeof part === "string" ? part.split("-").map(minutesOf) : [];
    if (from == null || to == null || rest.length > 0) return `${shown(part)} are not hours`;
    if (from === to)
      return `${shown(part)} begins and ends at the same time; all day is "00:00-24:00"`;
    if (from === MIDNIGHT) return `${shown(part)} begins at 24:00; write 00:00 of the next day`;
    spans.push({ from, to });
  }
  return spans.length > 0 ? spans : "there are no hours here";
}

function minutesOf(text: string): number | null {
  return text.trim() === "24:00" ? MIDNIGHT : parseTimeOfDay(text.trim());
}

function crossesMidnight(span: Window): boolean {
  return span.from > span.to;
}

/** Sorts windows, drops empty ones and joins those that touch. */
function merge(windows: readonly Window[]): Window[] {
  const merged: Window[] = [];
  for (const window of windows.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (window.from === window.to) continue;
    if (last && window.from <= last.to) {
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, window.to) };
    } else merged.push(window);
  }
  return merged;
}

function everyDay<T>(make: (day: Weekday) => T): { [day in Weekday]: T } {
  return { 1: make(1), 2: make(2), 3: make(3), 4: make(4), 5: make(5), 6: make(6), 7: make(7) };
}

function nextDay(day: Weekday): Weekday {
  return ((day % 7) + 1) as Weekday;
}

function hintForDay(key: string): string {
  const text = key.toLowerCase();
  if (text.startsWith("weekday")) return "did you mean mon-fri?";
  if (text.startsWith("weekend")) return "did you mean sat-sun?";
  if (text.startsWith("holi")) return "did you mean holidays?";
  const names = text.split("-").map((part) => part.trim().slice(0, 3));
  const days = parseDays(names.join("-"));
  return days
    ? `did you mean ${names.join("-")}?`
    : "use mon … sun, a range such as mon-fri, or holidays";
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
