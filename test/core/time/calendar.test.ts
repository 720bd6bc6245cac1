import { describe, expect, it } from "vitest";
import { addDuration, checkHolidays, loadCalendar } from "../../../core/time/index.ts";
import { calendarOf, instant, policyOf, utc } from "./support.ts";

describe("business days", () => {
  it("are those of the week", async () => {
    const calendar = await calendarOf();
    expect(calendar.isBusinessDay("2026-10-23")).toBe(true);
    expect(calendar.isBusinessDay("2026-10-24")).toBe(false);
    const gulf = await calendarOf({ week: [7, 1, 2, 3, 4] });
    expect(gulf.isBusinessDay("2026-10-23")).toBe(false);
    expect(gulf.isBusinessDay("2026-10-25")).toBe(true);
  });

  it("add extra holidays, and working days override both holidays and the week", async () => {
    const calendar = await calendarOf({
      holidays: {
        country: "BR",
        extra: ["2026-10-23"],
        working: ["2026-10-12", "2026-10-24", "2026-10-23"],
      },
    });
    expect(calendar.isHoliday("2026-10-12")).toBe(false);
    expect(calendar.isBusinessDay("2026-10-12")).toBe(true);
    expect(calendar.isBusinessDay("2026-10-24")).toBe(true);
    expect(calendar.isBusinessDay("2026-10-23")).toBe(true);
    expect(calendar.isHoliday("2026-11-02")).toBe(true);
    const other = await calendarOf({ holidays: { extra: ["2026-10-23"] } });
    expect(other.isHoliday("2026-10-23")).toBe(true);
    expect(other.isBusinessDay("2026-10-23")).toBe(false);
  });
});

describe("public holidays", () => {
  it.each([
    ["BR", null, "2026-09-07", true],
    ["BR", null, "2026-07-09", false],
    ["BR", "SP", "2026-07-09", true],
    ["DE", null, "2026-06-04", false],
    ["DE", "BY", "2026-06-04", true],
    ["DE", "BY", "2026-08-08", false],
    ["DE", "BY-A", "2026-08-08", true],
    // Any year: Easter Monday, and one observed in the year before.
    ["DE", null, "1999-04-05", true],
    ["DE", null, "2041-04-22", true],
    ["US", null, "2021-12-31", true],
    // Clocks change on Easter Sunday: the day has 23 hours and is one day.
    ["PL", null, "2024-03-31", true],
    ["PL", null, "2024-04-02", false],
    ["BA", null, "2025-04-01", true],
    // Days that end with a part of one.
    ["TR", null, "2026-03-22", true],
    ["TR", null, "2026-03-23", false],
    // Several days, also across the year's end.
    ["AM", null, "2027-01-05", true],
    ["SZ", null, "2027-01-02", true],
    // A half holiday is worked.
    ["CN", null, "2026-03-08", false],
    // Observances are not public holidays.
    ["DE", null, "2026-02-14", false],
  ])("%s %s %s: %s", async (country, region, date, expected) => {
    const calendar = await calendarOf({ holidays: { country, region } });
    expect(calendar.isHoliday(date)).toBe(expected);
  });

  it("are none before 1900, whatever year it is now", async () => {
    const calendar = await calendarOf({ holidays: { country: "US" } });
    for (const year of ["0000", "0001", "1899"])
      expect(calendar.isHoliday(`${year}-12-25`)).toBe(false);
  });

  it.each([
    ["UK", null, /country "UK" is not known|for the country "UK"/],
    ["br", null, /"br"/],
    ["constructor", null, /"constructor"/],
    ["DE", "XX", /DE has no region "XX"; use one of BB, BE/],
    ["DE", "BY-X", /DE-BY has no region "X"; use one of A, KATH/],
    ["FR", "", /no region ""/],
    ["DE", "toString", /no region "toString"/],
  ])("of %s %j are a clear error", async (country, region, message) => {
    expect(await checkHolidays(country, region)).toMatch(message);
    const policy = policyOf({ holidays: { country, region } });
    await expect(loadCalendar(policy)).rejects.toThrow(message);
  });

  it("of a known country and region are no error", async () => {
    expect(await checkHolidays("BR", null)).toBeNull();
    expect(await checkHolidays("DE", "BY")).toBeNull();
  });
});

describe("windows", () => {
  it("are null without sending hours", async () => {
    const calendar = await calendarOf({ holidays: { extra: ["2026-10-23"] } });
    expect(calendar.windows("2026-10-23")).toBeNull();
  });

  it("are the holidays' own on holidays, and the weekday's on a working one", async () => {
    const hours = { "mon-fri": "09:00-21:00", holidays: "10:00-12:00" };
    const extra = ["2026-10-22", "2026-10-23"];
    const working = ["2026-10-23"];
    const calendar = await calendarOf({ hours, holidays: { extra, working } });
    expect(calendar.windows("2026-10-21")).toEqual([{ from: 540, to: 1260 }]);
    expect(calendar.windows("2026-10-22")).toEqual([{ from: 600, to: 720 }]);
    expect(calendar.windows("2026-10-23")).toEqual([{ from: 540, to: 1260 }]);
    expect(calendar.windows("2026-10-24")).toEqual([]);
  });

  it("are the weekday's on holidays that have none of their own", async () => {
    const hours = { "mon-fri": "09:00-21:00" };
    const calendar = await calendarOf({ hours, holidays: { extra: ["2026-10-22"] } });
    expect(calendar.windows("2026-10-22")).toEqual([{ from: 540, to: 1260 }]);
  });
});

describe("addDuration", () => {
  it.each([
    ["2026-10-24T12:00:00+02:00", 2, "day", "2026-10-26T12:00:00+01:00"],
    ["2026-10-24T12:00:00+02:00", 48, "hour", "2026-10-26T11:00:00+01:00"],
    ["2026-10-24T12:00:00+02:00", 30, "minute", "2026-10-24T12:30:00+02:00"],
    ["2026-10-23T12:00:00+02:00", 1, "business_day", "2026-10-26T12:00:00+01:00"],
    ["2026-03-28T02:30:00+01:00", 1, "day", "2026-03-29T03:30:00+02:00"],
  ] as const)("%s and %d %s", async (from, n, unit, expected) => {
    const calendar = await calendarOf();
    const sum = addDuration(instant(from), { n, unit }, "Europe/Berlin", calendar);
    expect(new Date(sum).toISOString()).toBe(utc(expected));
  });

  it("counts every day where there are no business days", async () => {
    const calendar = await calendarOf({ week: [] });
    const from = instant("2026-10-24T12:00:00Z");
    const sum = addDuration(from, { n: 2, unit: "business_day" }, "UTC", calendar);
    expect(sum).toBe(instant("2026-10-26T12:00:00Z"));
  });
});
