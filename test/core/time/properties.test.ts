import { afterEach, describe, expect, it, vi } from "vitest";
import { DateTime } from "luxon";
import { nextSend, sendableAt, type StepTiming } from "../../../core/time/index.ts";
import { calendarOf, random, step, type Rules } from "./support.ts";

const HOUR = 3_600_000;
const ZONES = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/Sao_Paulo",
  "America/St_Johns",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "Pacific/Auckland",
];
const anyTime: Rules = {};
const RULES: readonly Rules[] = [
  anyTime,
  { quiet: "21:00-08:00" },
  { quiet: "02:30-03:15", holidays: { country: "DE", region: "BY" } },
  { quiet: "01:45-01:15" },
  { hours: { "mon-fri": "09:00-12:00, 13:00-18:00", sat: "10:00-16:00" } },
  {
    hours: { wed: "22:00-02:00", holidays: "closed" },
    week: [3, 4, 7],
    holidays: { country: "BR", working: ["2026-11-21"] },
  },
];
const WAITS = [
  "immediately",
  "45 minutes",
  "30 hours",
  "1 day",
  "6 days",
  "1 business day",
  "7 business days",
  "2 days before charge.due_on",
  "3 business days after charge.due_on",
  "5 hours before charge.due_on",
];
const AT = [undefined, "00:00", "02:30", "09:15", "23:59"];

/** Many situations around the changes of clocks of 2026 and at a year's end, the same on every run. */
function* situations(count: number) {
  const next = random(2026);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const middles = [
    "2026-03-08",
    "2026-03-29",
    "2026-04-05",
    "2026-10-04",
    "2026-10-25",
    "2026-11-01",
    "2026-12-28",
  ];
  for (let index = 0; index < count; index++) {
    const wait = pick(WAITS);
    const at = pick(wait.includes("charge") ? AT.slice(1) : AT);
    const base = Date.parse(pick(middles)) + Math.floor((next() - 0.5) * 96 * HOUR);
    yield {
      timing: step(wait, { at, if_past: "send" }),
      zone: pick(ZONES),
      rules: pick(RULES),
      base,
      now: base + Math.floor(next() * 3 * HOUR),
      date: { kind: "date", value: new Date(base + 9 * 24 * HOUR).toISOString().slice(0, 10) },
    } as const;
  }
}

const calendars = new Map(
  await Promise.all(RULES.map(async (rules) => [rules, await calendarOf(rules)] as const)),
);
const calendarFor = (rules: Rules) => calendars.get(rules) ?? expect.unreachable();

function isAllowed(instant: number, timing: StepTiming, zone: string, rules: Rules): boolean {
  const local = DateTime.fromMillis(instant, { zone });
  const date = local.toISODate() ?? "";
  const calendar = calendarFor(rules);
  const minute = local.hour * 60 + local.minute;
  const windows = calendar.windows(date);
  const open = windows?.some(({ from, to }) => from <= minute && minute < to) ?? true;
  return open && (!countsBusinessDays(timing) || calendar.isBusinessDay(date));
}

function countsBusinessDays({ wait }: StepTiming): boolean {
  return wait.kind !== "immediately" && wait.unit === "business_day";
}

describe("a due instant", () => {
  it("is never in the past, before its wait, or outside the rules", () => {
    for (const { timing, zone, rules, base, now, date } of situations(1_500)) {
      const label = JSON.stringify({ timing, zone, rules, base, now });
      const input = { base, now, zone, date };
      const result = nextSend(timing, { ...input, calendar: calendarFor(rules) });
      if (result.kind !== "due") expect.unreachable(label);
      expect(result.due >= now, label).toBe(true);
      expect(isAllowed(result.due, timing, zone, rules), label).toBe(true);
      // What was allowed when it was scheduled is allowed at the send.
      expect(sendableAt(timing, result.due, zone, calendarFor(rules)), label).toBe(result.due);
      if (countsBusinessDays(timing)) continue;
      const unruled = nextSend(timing, { ...input, calendar: calendarFor(anyTime) });
      expect(unruled.kind === "due" && unruled.due <= result.due, label).toBe(true);
    }
  });

  it("is the first that is allowed", () => {
    const quarter = HOUR / 4;
    for (const { timing, zone, rules, base } of situations(150)) {
      const label = JSON.stringify({ timing, zone, rules, base });
      const found = sendableAt(timing, base, zone, calendarFor(rules)) ?? expect.unreachable(label);
      const offset = (instant: number) => DateTime.fromMillis(instant, { zone }).offset * 60_000;
      // An opening that the clock skips moves forward by the gap, past others that it shows.
      const end = found - Math.max(0, offset(found) - offset(base));
      if (found > base) expect(isAllowed(base, timing, zone, rules), label).toBe(false);
      for (let at = Math.ceil(base / quarter) * quarter; at < end; at += quarter) {
        expect(isAllowed(at, timing, zone, rules), label).toBe(false);
      }
    }
  });

  it("does not come earlier for a later base", () => {
    for (const { timing, zone, rules, base, date } of situations(1_500)) {
      const calendar = calendarFor(rules);
      // Days keep the local time, which goes back where clocks do; `at` and elapsed time do not.
      const { wait, at } = timing;
      const keeps = wait.kind === "after" && wait.unit.endsWith("day") && at === undefined;
      if (keeps) continue;
      const dues = [0, 1, 17 * 60_000, HOUR, 25 * HOUR].map((later) => {
        const input = { base: base + later, now: base, zone, calendar, date };
        const result = nextSend(timing, input);
        return result.kind === "due" ? result.due : expect.unreachable();
      });
      expect(dues, JSON.stringify({ timing, zone, rules, base })).toEqual(
        dues.toSorted((a, b) => a - b),
      );
    }
  });
});

describe("the machine", () => {
  const zone = process.env["TZ"];
  afterEach(() => {
    vi.useRealTimers();
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  });

  async function outcomes(machineZone: string, today: string) {
    process.env["TZ"] = machineZone;
    vi.useFakeTimers({ now: Date.parse(today), toFake: ["Date"] });
    vi.resetModules();
    // Fresh modules: a cache filled elsewhere would hide a difference.
    const time = await import("../../../core/time/index.ts");
    const support = await import("./support.ts");
    const loaded = RULES.map((rules) => time.loadCalendar(support.policyOf(rules)));
    const fresh = await Promise.all(loaded);
    return [...situations(400)].map(({ timing, zone: own, rules, base, now, date }) => {
      const calendar = fresh[RULES.indexOf(rules)] ?? expect.unreachable();
      return time.nextSend(timing, { base, now, zone: own, calendar, date });
    });
  }

  it("changes nothing by its zone or its date", async () => {
    const reference = await outcomes("UTC", "2026-01-15T00:00:00Z");
    expect(new Date(0).getTimezoneOffset()).toBe(0);
    for (const [machineZone, offset] of [
      ["America/New_York", 300],
      ["Asia/Kolkata", -330],
      ["Pacific/Apia", 660],
    ] as const) {
      expect(await outcomes(machineZone, "2031-07-15T23:30:00Z")).toEqual(reference);
      expect(new Date(0).getTimezoneOffset()).toBe(offset);
    }
  });
});
