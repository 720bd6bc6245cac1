import { describe, expect, it } from "vitest";
import { sendableAt } from "../../../core/time/index.ts";
import { calendarOf, instant, step, utc, type Rules } from "./support.ts";

const berlin = "Europe/Berlin";

async function allowed(rules: Rules, at: string, zone = berlin, wait = "1 day") {
  const found = sendableAt(step(wait), instant(at), zone, await calendarOf(rules));
  return found === null ? null : new Date(found).toISOString();
}

describe("quiet hours", () => {
  const night = { quiet: "21:00-08:00" };
  it.each<[string, string, Rules?]>([
    ["2026-05-04T20:59:59.999+02:00", "2026-05-04T20:59:59.999+02:00"],
    ["2026-05-04T21:00:00+02:00", "2026-05-05T08:00:00+02:00"],
    ["2026-05-04T23:59:59.999+02:00", "2026-05-05T08:00:00+02:00"],
    ["2026-05-05T00:00:00+02:00", "2026-05-05T08:00:00+02:00"],
    ["2026-05-05T07:59:59.999+02:00", "2026-05-05T08:00:00+02:00"],
    ["2026-05-05T08:00:00+02:00", "2026-05-05T08:00:00+02:00"],
    ["2026-05-05T12:59:00+02:00", "2026-05-05T14:00:00+02:00", { quiet: "12:00-14:00" }],
    ["2026-05-05T14:00:00+02:00", "2026-05-05T14:00:00+02:00", { quiet: "12:00-14:00" }],
    ["2026-12-31T22:00:00+01:00", "2027-01-01T08:00:00+01:00"],
    // Their end is a local time.
    ["2026-10-24T22:00:00+02:00", "2026-10-25T08:00:00+01:00"],
    ["2026-03-28T22:00:00+01:00", "2026-03-29T08:00:00+02:00"],
    // An end that the clock skips moves forward by the gap.
    ["2026-03-29T00:30:00+01:00", "2026-03-29T03:30:00+02:00", { quiet: "22:00-02:30" }],
    ["2026-03-29T03:10:00+02:00", "2026-03-29T03:30:00+02:00", { quiet: "22:00-02:30" }],
    // A beginning that the clock skips begins with the gap.
    ["2026-03-29T01:59:59+01:00", "2026-03-29T01:59:59+01:00", { quiet: "02:30-08:00" }],
    ["2026-03-29T03:00:00+02:00", "2026-03-29T08:00:00+02:00", { quiet: "02:30-08:00" }],
    // Ends that the clock shows twice: what it shows as quiet is quiet, both times.
    ["2026-10-25T00:30:00+02:00", "2026-10-25T02:30:00+02:00", { quiet: "22:00-02:30" }],
    ["2026-10-25T02:15:00+01:00", "2026-10-25T02:30:00+01:00", { quiet: "22:00-02:30" }],
    ["2026-10-25T02:45:00+02:00", "2026-10-25T02:00:00+01:00", { quiet: "02:30-08:00" }],
    ["2026-10-25T02:30:00+01:00", "2026-10-25T08:00:00+01:00", { quiet: "02:30-08:00" }],
  ])("%s → %s", async (at, expected, rules = night) => {
    expect(await allowed(rules, at)).toBe(utc(expected));
  });

  it("are those of the zone", async () => {
    const at = "2026-05-04T22:30:00Z";
    expect(await allowed(night, at, "America/Sao_Paulo")).toBe(utc(at));
    expect(await allowed(night, at, "Asia/Kolkata")).toBe(utc("2026-05-05T08:00:00+05:30"));
  });
});

describe("sending hours", () => {
  const brazil = {
    hours: { "mon-fri": "09:00-21:00", sat: "10:00-16:00", holidays: "closed" },
    holidays: { country: "BR" },
  };
  it.each<[string, string, Rules?]>([
    ["2026-05-08T21:00:00-03:00", "2026-05-09T10:00:00-03:00"],
    ["2026-05-09T16:00:00-03:00", "2026-05-11T09:00:00-03:00"],
    ["2026-05-10T12:00:00-03:00", "2026-05-11T09:00:00-03:00"],
    // Monday 7 September is a holiday.
    ["2026-09-05T17:00:00-03:00", "2026-09-08T09:00:00-03:00"],
    ["2026-09-07T12:00:00-03:00", "2026-09-08T09:00:00-03:00"],
    [
      "2026-05-08T12:30:00-03:00",
      "2026-05-08T13:00:00-03:00",
      { hours: { "mon-fri": "09:00-12:00, 13:00-18:00" } },
    ],
    [
      "2026-05-08T18:00:00-03:00",
      "2026-05-11T09:00:00-03:00",
      { hours: { "mon-fri": "09:00-12:00, 13:00-18:00" } },
    ],
    ["2026-05-09T01:59:00-03:00", "2026-05-09T01:59:00-03:00", { hours: { fri: "20:00-02:00" } }],
    ["2026-05-09T02:00:00-03:00", "2026-05-15T20:00:00-03:00", { hours: { fri: "20:00-02:00" } }],
    [
      "2026-05-08T23:59:59-03:00",
      "2026-05-08T23:59:59-03:00",
      { hours: { "mon-sun": "00:00-24:00" } },
    ],
  ])("%s → %s", async (at, expected, rules = brazil) => {
    expect(await allowed(rules, at, "America/Sao_Paulo")).toBe(utc(expected));
  });
});

describe("a step that counts business days", () => {
  const wait = "2 business days";
  it.each<[Rules, string, string]>([
    [{}, "2026-05-08T10:00:00+02:00", "2026-05-08T10:00:00+02:00"],
    [{}, "2026-05-09T10:00:00+02:00", "2026-05-11T00:00:00+02:00"],
    [{ quiet: "21:00-08:00" }, "2026-05-09T10:00:00+02:00", "2026-05-11T08:00:00+02:00"],
    // Pushed out of Friday by quiet hours, out of the weekend by the rule, out of Monday by a holiday.
    [
      { quiet: "21:00-08:00", holidays: { extra: ["2026-05-11"] } },
      "2026-05-08T22:00:00+02:00",
      "2026-05-12T08:00:00+02:00",
    ],
    // Both at once: open on Saturdays, but those are no business days.
    [
      { hours: { sat: "09:00-18:00", tue: "09:00-18:00" } },
      "2026-05-08T10:00:00+02:00",
      "2026-05-12T09:00:00+02:00",
    ],
    [
      { holidays: { working: ["2026-05-09"] } },
      "2026-05-09T10:00:00+02:00",
      "2026-05-09T10:00:00+02:00",
    ],
  ])("%o: %s → %s", async (rules, at, expected) => {
    expect(await allowed(rules, at, berlin, wait)).toBe(utc(expected));
  });

  it("is held to that only if its unit says so", async () => {
    const saturday = "2026-05-09T10:00:00+02:00";
    for (const other of ["immediately", "1 day", "2 hours", "on charge.due_on"]) {
      expect(await allowed({}, saturday, berlin, other)).toBe(utc(saturday));
    }
    const relative = "1 business day before charge.due_on";
    expect(await allowed({}, saturday, berlin, relative)).toBe(utc("2026-05-11T00:00:00+02:00"));
  });
});

describe("no instant within 366 days", () => {
  const onlyOneDay = (date: string): Rules => ({ week: [], holidays: { working: [date] } });
  const wait = "1 business day";
  it("is none at all", async () => {
    expect(await allowed({ week: [] }, "2026-05-09T10:00:00Z", "UTC", wait)).toBeNull();
    const never = { week: [6], hours: { "mon-fri": "09:00-18:00" } } as const;
    expect(await allowed(never, "2026-05-09T10:00:00Z", "UTC", wait)).toBeNull();
    expect(await allowed(never, "2026-05-09T10:00:00Z", "UTC", "1 day")).not.toBeNull();
  });

  it("includes the 366th day and not a moment more", async () => {
    const rules = onlyOneDay("2027-05-10");
    expect(await allowed(rules, "2026-05-09T00:00:00Z", "UTC", wait)).toBe(
      "2027-05-10T00:00:00.000Z",
    );
    expect(await allowed(rules, "2026-05-08T23:59:59.999Z", "UTC", wait)).toBeNull();
    const morning = { ...rules, quiet: "00:00-09:00" };
    expect(await allowed(morning, "2026-05-09T09:00:00Z", "UTC", wait)).not.toBeNull();
    expect(await allowed(morning, "2026-05-09T08:59:59Z", "UTC", wait)).toBeNull();
  });
});
