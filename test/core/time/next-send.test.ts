import { describe, expect, it } from "vitest";
import { nextSend } from "../../../core/time/index.ts";
import { calendarOf, dueOf, sendOf, step, table, utc } from "./support.ts";

describe("elapsed time", () => {
  table({}, [
    ["immediately", "2026-05-04T10:11:12Z", "2026-05-04T10:11:12Z"],
    ["90 minutes", "2026-05-04T10:00Z", "2026-05-04T11:30Z"],
    // An hour is an hour, whatever the clock does.
    ["3 hours", "2026-03-29T01:00+01:00", "2026-03-29T05:00+02:00"],
    ["24 hours", "2026-10-24T12:00+02:00", "2026-10-25T11:00+01:00"],
  ]);

  describe("with `at`: its next occurrence", () => {
    table({}, [
      ["immediately @ 09:30", "2026-05-04T09:00+02:00", "2026-05-04T09:30+02:00"],
      ["immediately @ 09:30", "2026-05-04T09:30+02:00", "2026-05-04T09:30+02:00"],
      ["immediately @ 09:30", "2026-05-04T09:30:01+02:00", "2026-05-05T09:30+02:00"],
      ["2 hours @ 09:30", "2026-05-04T08:00+02:00", "2026-05-05T09:30+02:00"],
      ["20 minutes @ 00:00", "2026-12-31T23:50+01:00", "2027-01-02T00:00+01:00"],
      // Of a time that exists twice only the first occurrence counts.
      ["immediately @ 02:30", "2026-10-25T02:45+02:00", "2026-10-26T02:30+01:00"],
      ["immediately @ 02:30", "2026-10-25T02:15+01:00", "2026-10-26T02:30+01:00"],
      ["immediately @ 02:30", "2026-03-29T01:59+01:00", "2026-03-29T03:30+02:00"],
      ["immediately @ 02:30", "2026-03-29T03:10+02:00", "2026-03-29T03:30+02:00"],
      // Clocks went from 23:00 to 00:00 of the next day.
      ["immediately @ 23:30", "2025-03-30T00:10-01:00[America/Nuuk]", "2025-03-30T00:30-01:00"],
      // Clocks went back from 00:01 to 23:01 of the day before.
      ["immediately @ 00:00", "2010-11-06T23:15-03:30[America/St_Johns]", "2010-11-08T00:00-03:30"],
    ]);
  });

  describe("of nothing is never in the past", () => {
    table({ base: "2026-05-04T10:00Z", now: "2026-05-06T11:00Z" }, [
      ["immediately", "2026-05-06T11:00Z"],
      ["0 minutes", "2026-05-06T11:00Z"],
      ["0 days", "2026-05-06T11:00Z"],
      ["0 hours @ 09:00", "2026-05-07T09:00+02:00"],
      ["immediately @ 09:00", "2026-05-07T09:00+02:00"],
      ["immediately", "2026-05-08T10:00Z", "2026-05-08T10:00Z"],
    ]);
  });
});

describe("days", () => {
  table({}, [
    ["1 day", "2026-05-04T10:11:12.345+02:00", "2026-05-05T10:11:12.345+02:00"],
    ["1 day @ 09:30", "2026-05-04T22:00+02:00", "2026-05-05T09:30+02:00"],
    ["0 days @ 18:00", "2026-05-04T09:00+02:00", "2026-05-04T18:00+02:00"],
    ["0 days @ 18:00", "2026-05-04T19:00+02:00", "past"],
    // The date is the local one: the same instant lies on two dates.
    ["1 day @ 09:00", "2026-05-04T20:00Z[Asia/Kolkata]", "2026-05-06T09:00+05:30"],
    ["1 day @ 09:00", "2026-05-04T20:00Z[America/New_York]", "2026-05-05T09:00-04:00"],
    // Month ends, leap days, year ends.
    ["1 day", "2026-01-31T12:00+01:00", "2026-02-01T12:00+01:00"],
    ["1 day", "2026-02-28T12:00+01:00", "2026-03-01T12:00+01:00"],
    ["1 day", "2028-02-28T12:00+01:00", "2028-02-29T12:00+01:00"],
    ["366 days", "2028-02-29T12:00+01:00", "2029-03-01T12:00+01:00"],
    ["1 day", "2026-12-31T23:59:59+01:00", "2027-01-01T23:59:59+01:00"],
  ]);
});

describe("business days", async () => {
  const yearEnd = await calendarOf({
    holidays: { country: "DE", extra: ["2026-12-24", "2026-12-31"] },
  });
  const six = await calendarOf({ week: [1, 2, 3, 4, 5, 6] });
  const workingSaturday = await calendarOf({ holidays: { working: ["2026-05-09"] } });
  table({}, [
    ["1 business day", "2026-05-07T10:00+02:00", "2026-05-08T10:00+02:00"],
    ["1 business day", "2026-05-08T10:00+02:00", "2026-05-11T10:00+02:00"],
    ["3 business days @ 09:30", "2026-05-06T10:00+02:00", "2026-05-11T09:30+02:00"],
    ["10 business days", "2026-05-06T10:00+02:00", "2026-05-20T10:00+02:00"],
    // From a weekend Monday is day 1.
    ["1 business day", "2026-05-09T10:00+02:00", "2026-05-11T10:00+02:00"],
    ["2 business days", "2026-05-10T10:00+02:00", "2026-05-12T10:00+02:00"],
    ["0 business days", "2026-05-09T10:00+02:00", "2026-05-11T10:00+02:00"],
    ["0 business days @ 12:00", "2026-05-09T10:00+02:00", "2026-05-11T12:00+02:00"],
    ["0 business days @ 12:00", "2026-05-08T10:00+02:00", "2026-05-08T12:00+02:00"],
    // The weekday is the local one.
    ["1 business day", "2026-05-07T20:00Z[Pacific/Auckland]", "2026-05-10T20:00Z"],
    ["1 business day", "2026-05-08T05:00Z[America/Los_Angeles]", "2026-05-09T05:00Z"],
    // Across a change of clocks.
    ["1 business day", "2026-10-23T12:00+02:00", "2026-10-26T12:00+01:00"],
  ]);

  describe("in a week of six days, or with a working Saturday", () => {
    const row = ["1 business day", "2026-05-08T10:00+02:00", "2026-05-09T10:00+02:00"] as const;
    table({ calendar: six }, [row]);
    table({ calendar: workingSaturday }, [row]);
  });

  // Wed 23 Dec; 24 and 31 are extra, 25, 26 and 1 are public holidays, 26 and 27 a weekend.
  describe("at the end of a year", () => {
    table({ calendar: yearEnd }, [
      ["1 business day", "2026-12-23T10:00+01:00", "2026-12-28T10:00+01:00"],
      ["4 business days", "2026-12-23T10:00+01:00", "2027-01-04T10:00+01:00"],
    ]);
    table({ calendar: yearEnd, base: "2026-12-01T10:00+01:00", date: "2027-01-04" }, [
      ["1 business day before charge.due_on @ 10:00", "2026-12-30T10:00+01:00"],
      ["5 business days before charge.due_on @ 10:00", "2026-12-22T10:00+01:00"],
    ]);
  });

  it("are none where the week has none", async () => {
    const calendar = await calendarOf({ week: [] });
    const base = "2026-05-08T10:00Z";
    expect(dueOf({ wait: "1 business day", base, calendar })).toBe("never");
    expect(dueOf({ wait: "0 business days", base, calendar })).toBe("never");
    expect(dueOf({ wait: "1 day", base, calendar })).toBe("2026-05-09T10:00:00.000Z");
  });
});

describe("relative to a date without a time", () => {
  const charge = { base: "2026-05-01T10:00+02:00", date: "2026-05-11" };
  table(charge, [
    ["3 days before charge.due_on @ 09:30", "2026-05-08T09:30+02:00"],
    ["on charge.due_on @ 09:30", "2026-05-11T09:30+02:00"],
    ["2 days after charge.due_on @ 09:30", "2026-05-13T09:30+02:00"],
    ["1 business day before charge.due_on @ 09:30", "2026-05-08T09:30+02:00"],
    ["2 business days after charge.due_on @ 09:30", "2026-05-13T09:30+02:00"],
    // Hours count from the date at `at`.
    ["2 hours before charge.due_on @ 09:30", "2026-05-11T07:30+02:00"],
    ["36 hours after charge.due_on @ 09:30", "2026-05-12T21:30+02:00"],
    ["3 days before charge.due_on", "no_date"],
    ["2 hours before charge.due_on", "no_date"],
    ["on charge.due_on", "no_date"],
    ["on charge.due_on @ 09:30", "no_date", { date: null }],
    ["on charge.due_on @ 09:30", "no_date", { date: "2026-02-30" }],
  ]);

  describe("that is no business day: the nearest one is day 1, in either direction", () => {
    table({ ...charge, date: "2026-05-10" }, [
      ["1 business day before charge.due_on @ 09:30", "2026-05-08T09:30+02:00"],
      ["2 business days before charge.due_on @ 09:30", "2026-05-07T09:30+02:00"],
      ["1 business day after charge.due_on @ 09:30", "2026-05-11T09:30+02:00"],
      ["0 business days after charge.due_on @ 09:30", "2026-05-11T09:30+02:00"],
    ]);
  });

  describe("near a change of clocks, near a leap day", () => {
    table({ base: "2026-03-01T00:00Z", date: "2026-04-01" }, [
      ["3 days before charge.due_on @ 02:30", "2026-03-29T03:30+02:00"],
    ]);
    table({ base: "2028-02-01T00:00Z", date: "2028-03-01" }, [
      ["1 day before charge.due_on @ 09:30", "2028-02-29T09:30+01:00"],
    ]);
  });

  it("names the variable that is missing", () => {
    expect(sendOf({ wait: "on contact.custom.renewal_on", ...charge, date: null })).toEqual({
      kind: "no_date",
      variable: "contact.custom.renewal_on",
    });
  });
});

describe("relative to an instant", () => {
  const visit = {
    base: "2026-05-01T10:00+02:00",
    date: "2026-05-11T14:45+02:00",
  };
  table(visit, [
    ["2 hours before appointment.starts_at", "2026-05-11T12:45+02:00"],
    ["30 minutes after appointment.starts_at", "2026-05-11T15:15+02:00"],
    ["on appointment.starts_at", "2026-05-11T14:45+02:00"],
    ["on appointment.starts_at @ 08:00", "2026-05-11T08:00+02:00"],
    ["1 day before appointment.starts_at", "2026-05-10T14:45+02:00"],
    ["1 day before appointment.starts_at @ 18:00", "2026-05-10T18:00+02:00"],
    ["1 business day before appointment.starts_at", "2026-05-08T14:45+02:00"],
    ["2 hours before appointment.starts_at @ 13:00", "2026-05-11T13:00+02:00"],
    // The date is that of the zone that governs.
    [
      "1 day before appointment.starts_at @ 18:00",
      "2026-05-11T18:00+12:00",
      { zone: "Pacific/Auckland" },
    ],
    [
      "1 day before appointment.starts_at",
      "2026-10-25T02:30+02:00",
      { date: "2026-10-26T02:30+01:00" },
    ],
    ["on appointment.starts_at", "2026-10-25T02:30+01:00", { date: "2026-10-25T02:30+01:00" }],
    ["on appointment.starts_at", "no_date", { date: null }],
    ["on appointment.starts_at", "no_date", { date: "2026-05-11T14:45:00" }],
  ]);
});

it("follows the zone that governs", () => {
  const example = { wait: "1 day @ 09:00", base: "2026-05-04T23:00Z" };
  expect(dueOf({ ...example, zone: "Europe/Lisbon" })).toBe(utc("2026-05-06T09:00+01:00"));
  expect(dueOf({ ...example, zone: "America/Sao_Paulo" })).toBe(utc("2026-05-05T09:00-03:00"));
});

it("throws on what no valid workspace contains", async () => {
  const calendar = await calendarOf();
  const input = { base: 0, now: 0, zone: "UTC", calendar, date: null };
  expect(() => nextSend(step("1 day", { at: "9am" }), input)).toThrow("9am is not a time of day");
  expect(() => nextSend(step("1 day"), { ...input, zone: "Nowhere" })).toThrow("Nowhere");
});
