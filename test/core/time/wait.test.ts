import { describe, expect, it } from "vitest";
import { parseDuration, parseTimeOfDay, parseWait, toDateValue } from "../../../core/time/index.ts";

describe("parseWait", () => {
  const after = (n: number, unit: string) => ({ kind: "after", n, unit });
  const relative = (n: number, unit: string, side: string, variable: string) => {
    return { kind: "relative", n, unit, side, variable };
  };
  it.each([
    ["immediately", { kind: "immediately" }],
    ["1 minute", after(1, "minute")],
    ["90 minutes", after(90, "minute")],
    ["1 hours", after(1, "hour")],
    ["0 days", after(0, "day")],
    ["3 business days", after(3, "business_day")],
    ["1 business day", after(1, "business_day")],
    ["  2 \t days ", after(2, "day")],
    ["2 business \n days", after(2, "business_day")],
    ["3650 days", after(3650, "day")],
    ["3 days before charge.due_on", relative(3, "day", "before", "charge.due_on")],
    [
      "2  hours before  appointment.starts_at",
      relative(2, "hour", "before", "appointment.starts_at"),
    ],
    ["1 business day after charge.due_on", relative(1, "business_day", "after", "charge.due_on")],
    ["on contact.custom.renewal_on", relative(0, "day", "on", "contact.custom.renewal_on")],
    ["0 days before charge.due_on", relative(0, "day", "on", "charge.due_on")],
    ["0 business days after charge.due_on", relative(0, "business_day", "on", "charge.due_on")],
  ])("reads %j", (text, wait) => {
    expect(parseWait(text)).toEqual(wait);
  });

  it.each([
    "",
    "now",
    "immediately after",
    "3",
    "3days",
    "days",
    "-1 days",
    "+1 days",
    "1.5 hours",
    "1e3 minutes",
    "1 week",
    "1 business hour",
    "1 businessday",
    "3 days before",
    "before charge.due_on",
    "3 days before due",
    "3 days before charge..due_on",
    "3 days before {{ charge.due_on }}",
    "3 days on charge.due_on",
    "on",
    "on charge",
    "on charge.due_on at noon",
    "on on charge.due_on",
    "immediately before charge.due_on",
    "1 day before after charge.due_on",
    "3651 days",
    "2601 business days",
    "87601 hours",
    "5256001 minutes",
    "99999999999999999999 days",
  ])("refuses %j", (text) => {
    expect(parseWait(text)).toBeNull();
  });

  it("takes hostile text in linear time", () => {
    expect(parseWait(`3${" ".repeat(200_000)}days${" ".repeat(200_000)}x`)).toBeNull();
    expect(parseWait("on ".repeat(100_000))).toBeNull();
  });
});

describe("parseDuration", () => {
  it("reads the same lengths", () => {
    expect(parseDuration("2 days")).toEqual({ n: 2, unit: "day" });
    expect(parseDuration("1 hour")).toEqual({ n: 1, unit: "hour" });
    expect(parseDuration("30 minutes")).toEqual({ n: 30, unit: "minute" });
    expect(parseDuration(" 5  business  days ")).toEqual({ n: 5, unit: "business_day" });
  });
  it.each(["immediately", "2 days before charge.due_on", "2d", "", "3651 days"])(
    "refuses %j",
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );
});

describe("parseTimeOfDay", () => {
  it.each([
    ["00:00", 0],
    ["09:30", 570],
    ["23:59", 1439],
  ])("reads %j", (text, minutes) => {
    expect(parseTimeOfDay(text)).toBe(minutes);
  });
  it.each(["24:00", "9:30", "09:60", "0930", "09:30:00", " 09:30", "9am", ""])(
    "refuses %j",
    (text) => {
      expect(parseTimeOfDay(text)).toBeNull();
    },
  );
});

describe("toDateValue", () => {
  const at = (iso: string) => ({ kind: "datetime", value: Date.parse(iso) });
  it.each([
    ["2026-10-25", { kind: "date", value: "2026-10-25" }],
    [" 2028-02-29 ", { kind: "date", value: "2028-02-29" }],
    ["2026-10-25T09:30:00Z", at("2026-10-25T09:30:00Z")],
    ["2026-10-25t09:30z", at("2026-10-25T09:30:00Z")],
    ["2026-10-25 09:30:15.123456+02:00", at("2026-10-25T07:30:15.123Z")],
    ["2026-10-25T09:30:00.001-0330", at("2026-10-25T13:00:00.001Z")],
    ["2026-10-25 09:30:00+00", at("2026-10-25T09:30:00Z")],
  ])("reads %j", (text, value) => {
    expect(toDateValue(text)).toEqual(value);
  });

  it.each([
    null,
    undefined,
    "",
    "soon",
    20261025,
    true,
    ["2026-10-25"],
    "2026-02-29",
    "2026-13-01",
    "2026-10-25T09:30:00",
    "2026-02-30T09:30:00Z",
    "2026-10-25T24:00:00Z",
    "25.10.2026",
    "2026-10-25T09:30:00 Europe/Berlin",
  ])("takes %j as blank", (value) => {
    expect(toDateValue(value)).toBeNull();
  });
});
