import { describe, expect, it } from "vitest";
import { calendarOf, instant, sendOf, table, type Case } from "./support.ts";

describe("the past", async () => {
  const quiet = await calendarOf({ quiet: "21:00-08:00" });
  const late = {
    base: "2026-05-04T10:00+02:00",
    now: "2026-05-06T10:00+02:00",
  };
  table(late, [
    ["1 day", "past"],
    ["2 days", "2026-05-06T10:00+02:00"],
    ["1 day", "2026-05-06T10:00+02:00", { if_past: "send" }],
    [
      "1 day",
      "2026-05-07T08:00+02:00",
      { now: "2026-05-06T23:00+02:00", if_past: "send", calendar: quiet },
    ],
    [
      "1 business day",
      "2026-05-11T00:00+02:00",
      { now: "2026-05-09T10:00+02:00", if_past: "send" },
    ],
    ["3 days before charge.due_on @ 09:30", "past", { date: "2026-05-07" }],
    ["on charge.due_on @ 10:00", "2026-05-06T10:00+02:00", { date: "2026-05-06" }],
    // What the wait asks for decides, not where sending hours would move it.
    [
      "11 hours",
      "past",
      { base: "2026-05-05T11:00+02:00", now: "2026-05-05T23:00+02:00", calendar: quiet },
    ],
  ]);

  it("is reported with the instant that passed", () => {
    expect(sendOf({ wait: "1 day", ...late })).toEqual({
      kind: "past",
      due: instant("2026-05-05T10:00+02:00"),
    });
  });
});

describe("expiry", async () => {
  const weekdays = await calendarOf({ hours: { "mon-fri": "09:00-18:00" } });
  const start = { base: "2026-05-04T10:00+02:00" };
  it.each<[string, Case, string]>([
    ["two days after it is due", { wait: "1 day", ...start }, "2026-05-07T10:00+02:00"],
    [
      "as the step says",
      { wait: "1 day", ...start, expires_after: { n: 3, unit: "hour" } },
      "2026-05-05T13:00+02:00",
    ],
    [
      "in business days",
      { wait: "4 days", ...start, expires_after: { n: 1, unit: "business_day" } },
      "2026-05-11T10:00+02:00",
    ],
    [
      "in local days",
      { wait: "1 day", ...start, base: "2026-10-23T12:00+02:00" },
      "2026-10-26T12:00+01:00",
    ],
    [
      "from where hours moved it",
      { wait: "5 days", ...start, calendar: weekdays },
      "2026-05-13T09:00+02:00",
    ],
    [
      "from now, if it was late",
      { wait: "1 day", ...start, now: "2026-05-06T11:00+02:00", if_past: "send" },
      "2026-05-08T11:00+02:00",
    ],
    [
      "with the appointment",
      { wait: "2 hours before appointment.starts_at", ...start, date: "2026-05-11T14:45+02:00" },
      "2026-05-11T14:45+02:00",
    ],
    [
      "with the day of a date",
      { wait: "3 days before charge.due_on @ 09:30", ...start, date: "2026-05-11" },
      "2026-05-12T00:00+02:00",
    ],
    [
      "with a day whose midnight the clock skips",
      {
        wait: "1 day before charge.due_on @ 09:30",
        zone: "America/Sao_Paulo",
        base: "2018-10-01T00:00Z",
        date: "2018-11-03",
      },
      "2018-11-04T01:00-02:00",
    ],
    [
      "after a date as any other",
      { wait: "on charge.due_on @ 09:30", ...start, date: "2026-05-11" },
      "2026-05-13T09:30+02:00",
    ],
  ])("%s", (_, example, expires) => {
    expect(sendOf(example)).toMatchObject({ kind: "due", expires: instant(expires) });
  });

  it("comes before the due time where hours push a step past its date", () => {
    // Saturday's appointment; its reminder falls into closed hours and opens on Monday.
    const visit = { ...start, date: "2026-05-09T12:00+02:00", calendar: weekdays };
    expect(sendOf({ wait: "2 hours before appointment.starts_at", ...visit })).toEqual({
      kind: "due",
      due: instant("2026-05-11T09:00+02:00"),
      expires: instant("2026-05-09T12:00+02:00"),
    });
  });
});
