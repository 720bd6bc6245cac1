import { expect, it } from "vitest";
import type { Policy } from "../../../core/language/policy.ts";
import {
  loadCalendar,
  nextSend,
  parseQuietHours,
  parseSendHours,
  parseWait,
  toDateValue,
  type Calendar,
  type HoursResult,
  type NextSend,
  type StepTiming,
} from "../../../core/time/index.ts";

/** Epoch milliseconds of an ISO instant; every instant in these tests is written with its offset. */
export function instant(iso: string): number {
  if (!/(Z|[+-]\d\d:\d\d)$/.test(iso)) throw new Error(`${iso} has no offset`);
  const value = Date.parse(iso);
  if (Number.isNaN(value)) throw new Error(`${iso} is no instant`);
  return value;
}

type Holidays = Partial<Policy["business_days"]["holidays"]>;

export interface Rules {
  readonly week?: Policy["business_days"]["week"];
  readonly holidays?: Holidays;
  readonly quiet?: string;
  readonly hours?: { readonly [key: string]: string | readonly string[] };
}

/** A policy of which only what concerns time is set; `quiet` is written "21:00-08:00". */
export function policyOf(rules: Rules = {}, zone: Policy["zone"] = "contact"): Policy {
  const { week = [1, 2, 3, 4, 5], holidays, quiet, hours } = rules;
  const [from, to] = quiet?.split("-") ?? [];
  const send_hours = hours
    ? read(parseSendHours(hours))
    : quiet
      ? read(parseQuietHours({ from, to }))
      : null;
  return {
    name: "Example",
    timezone: "Europe/Lisbon",
    zone,
    business_days: {
      week,
      holidays: { country: null, region: null, extra: [], working: [], ...holidays },
    },
    send_hours,
    channels: { automatic: [], inboxes: {} },
    frequency_cap: null,
    sender: { name: "Example", address: null },
    approvers: [],
    retire_guard: 3,
    on_blank: "hold",
    consent: "none",
    retention: {},
  };
}

export function calendarOf(rules: Rules = {}): Promise<Calendar> {
  return loadCalendar(policyOf(rules));
}

function read(result: HoursResult) {
  if (result.hours === null) throw new Error(JSON.stringify(result.errors));
  return result.hours;
}

/** One step written as an author would, with the defaults of the language. */
export function step(wait: string, rest: Partial<StepTiming> = {}): StepTiming {
  const parsed = parseWait(wait);
  if (parsed === null) throw new Error(`${wait} is no wait`);
  return { wait: parsed, if_past: "skip", expires_after: { n: 2, unit: "day" }, ...rest };
}

export interface Case {
  /** As authored; ` @ 09:30` sets `at`. */
  readonly wait: string;
  /** Followed by its zone in brackets, unless that is Europe/Berlin. */
  readonly base: string;
  readonly zone?: string;
  /** Default: the base. */
  readonly now?: string;
  readonly if_past?: "send";
  readonly expires_after?: StepTiming["expires_after"];
  /** The date variable's value. */
  readonly date?: unknown;
  readonly calendar?: Calendar;
}

const anyTime = await calendarOf();

/** Runs one case written in ISO instants. */
export function sendOf(example: Case): NextSend {
  const { if_past = "skip", expires_after = { n: 2, unit: "day" }, calendar = anyTime } = example;
  const [wait = "", at] = example.wait.split(" @ ");
  const [, base = "", named] = /^([^[]*)(?:\[(.*)\])?$/.exec(example.base) ?? [];
  return nextSend(step(wait, { at, if_past, expires_after }), {
    base: instant(base),
    now: instant(example.now ?? base),
    zone: example.zone ?? named ?? "Europe/Berlin",
    calendar,
    date: toDateValue(example.date),
  });
}

/** The due instant in UTC, or the kind of any other outcome. */
export function dueOf(example: Case): string {
  const result = sendOf(example);
  return result.kind === "due" ? new Date(result.due).toISOString() : result.kind;
}

type Row =
  | readonly [wait: string, due: string, rest?: Partial<Case>]
  | readonly [wait: string, base: string, due: string];

/** One test a row: a wait, the base unless all rows share one, and when it is due (or the outcome). */
export function table(shared: Partial<Case>, rows: readonly Row[]): void {
  const titled = rows.map((row) => {
    const [wait, second, third] = row;
    const words = typeof third === "string" ? [wait, second, third] : [wait, second];
    return [words.join(" → "), row] as const;
  });
  it.each(titled)("%s", (_, row) => {
    const [wait, second, third] = row;
    const [base, due] = typeof third === "string" ? [second, third] : [shared.base ?? "", second];
    const rest = typeof third === "string" ? {} : third;
    const expected = due.includes("T") ? utc(due) : due;
    expect(dueOf({ ...shared, wait, base, ...rest })).toBe(expected);
  });
}

/** An ISO instant in UTC, to compare with {@link dueOf}. */
export function utc(iso: string): string {
  return new Date(instant(iso)).toISOString();
}

/** A small seeded generator (mulberry32): the same numbers on every run. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
