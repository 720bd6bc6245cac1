import { describe, expect, it } from "vitest";
import { parseQuietHours, parseSendHours } from "../../../core/time/index.ts";

const minutes = (text: string) => {
  const [hour, minute] = text.split(":").map(Number);
  return (hour ?? 0) * 60 + (minute ?? 0);
};
/** "09:00-21:00 22:00-23:00" as windows. */
const windows = (text: string) =>
  text
    .split(" ")
    .filter(Boolean)
    .map((part) => {
      const [from = "", to = ""] = part.split("-");
      return { from: minutes(from), to: minutes(to) };
    });

describe("parseQuietHours", () => {
  it.each([
    ["21:00", "08:00", "08:00-21:00"],
    ["12:00", "14:00", "00:00-12:00 14:00-24:00"],
    ["00:00", "08:00", "08:00-24:00"],
    ["20:00", "00:00", "00:00-20:00"],
  ])("quiet from %s to %s leaves %s on every day", (from, to, left) => {
    const { hours } = parseQuietHours({ from, to });
    expect(Object.values(hours?.days ?? {})).toEqual(
      Array.from({ length: 7 }, () => windows(left)),
    );
    expect(hours?.holidays).toBeNull();
  });

  it("names every entry that is not a time", () => {
    const { hours, errors } = parseQuietHours({ from: "9pm", to: 8 });
    expect(hours).toBeNull();
    expect(errors.map(({ key, message }) => [key, message])).toEqual([
      ["from", '"9pm" is not a time of day'],
      ["to", "8 is not a time of day"],
    ]);
  });

  it("refuses hours that begin and end at once", () => {
    expect(parseQuietHours({ from: "08:00", to: "08:00" }).errors).toMatchObject([{ key: "to" }]);
  });
});

describe("parseSendHours", () => {
  it.each([
    [{ "mon-fri": "09:00-21:00", sat: "10:00-16:00" }, ["09:00-21:00", "10:00-16:00", ""]],
    [{ "mon-sun": "09:00-12:00, 13:00-18:00" }, "09:00-12:00 13:00-18:00"],
    [{ "mon-sun": ["13:00-18:00", "09:00-12:00"] }, "09:00-12:00 13:00-18:00"],
    [{ "mon-sun": "09:00-12:00, 11:00-14:00, 14:00-15:00" }, "09:00-15:00"],
    [{ "mon-sun": "00:00-24:00" }, "00:00-24:00"],
    [{ "mon-sun": "20:00-02:00" }, "00:00-02:00 20:00-24:00"],
  ])("reads %j", (authored, expected) => {
    const [week, saturday, sunday] =
      typeof expected === "string" ? [expected, expected, expected] : expected;
    const { hours, errors } = parseSendHours(authored);
    expect(errors).toEqual([]);
    expect(hours?.days[1]).toEqual(windows(week ?? ""));
    expect(hours?.days[5]).toEqual(windows(week ?? ""));
    expect(hours?.days[6]).toEqual(windows(saturday ?? ""));
    expect(hours?.days[7]).toEqual(windows(sunday ?? ""));
  });

  it("carries a window across midnight into the next day, from Sunday into Monday", () => {
    const { hours } = parseSendHours({
      fri: "20:00-02:00",
      sun: "22:00-01:00",
      mon: "00:30-03:00",
    });
    expect(hours?.days[5]).toEqual(windows("20:00-24:00"));
    expect(hours?.days[6]).toEqual(windows("00:00-02:00"));
    expect(hours?.days[7]).toEqual(windows("22:00-24:00"));
    expect(hours?.days[1]).toEqual(windows("00:00-03:00"));
  });

  it("reads a range that passes Sunday", () => {
    const { hours } = parseSendHours({ "sat-mon": "10:00-12:00" });
    const open = Object.entries(hours?.days ?? {}).filter(([, list]) => list.length > 0);
    expect(open.map(([day]) => day)).toEqual(["1", "6", "7"]);
  });

  it("keeps holidays apart: their own windows, closed, or the weekday's", () => {
    const week = { "mon-sun": "09:00-21:00" };
    expect(parseSendHours({ ...week, holidays: "10:00-12:00" }).hours?.holidays).toEqual(
      windows("10:00-12:00"),
    );
    expect(parseSendHours({ ...week, holidays: "closed" }).hours?.holidays).toEqual([]);
    expect(parseSendHours(week).hours?.holidays).toBeNull();
  });

  it.each([
    [{ monday: "09:00-21:00" }, "monday", '"monday" is not a day', "did you mean mon?"],
    [{ Mon: "09:00-21:00" }, "Mon", '"Mon" is not a day', "did you mean mon?"],
    [
      { "Monday - Friday": "09:00-21:00" },
      "Monday - Friday",
      /is not a day/,
      "did you mean mon-fri?",
    ],
    [{ weekdays: "09:00-21:00" }, "weekdays", /is not a day/, "did you mean mon-fri?"],
    [{ weekend: "09:00-21:00" }, "weekend", /is not a day/, "did you mean sat-sun?"],
    [{ holiday: "closed" }, "holiday", /is not a day/, "did you mean holidays?"],
    [{ daily: "09:00-21:00" }, "daily", /is not a day/, /mon … sun/],
    [{ "mon-fri-sun": "closed" }, "mon-fri-sun", /is not a day/, /mon/],
    [{ mon: "9-21" }, "mon", '"9-21" are not hours', /09:00-21:00/],
    [{ mon: "09:00" }, "mon", '"09:00" are not hours', /closed/],
    [{ mon: "" }, "mon", '"" are not hours', /closed/],
    [{ mon: [] }, "mon", "there are no hours here", /closed/],
    [{ mon: null }, "mon", "null are not hours", /closed/],
    [{ mon: 9 }, "mon", "9 are not hours", /closed/],
    [{ mon: "09:00-09:00" }, "mon", /same time/, /closed/],
    [{ mon: "24:00-02:00" }, "mon", /begins at 24:00/, /closed/],
    [{ mon: "09:00-25:00" }, "mon", /are not hours/, /closed/],
    [{ "mon-fri": "09:00-21:00", wed: "closed" }, "wed", /wed is already set by "mon-fri"/, /once/],
    [{ mon: "09:00-21:00", holidays: "20:00-02:00" }, "holidays", /past midnight/, /24:00/],
  ])("refuses %j", (authored, key, message, hint) => {
    const { hours, errors } = parseSendHours(authored);
    expect(hours).toBeNull();
    const found = errors.find((error) => error.key === key);
    expect(found?.message).toMatch(message);
    expect(found?.hint).toMatch(hint);
  });

  it("refuses a week in which nothing could be sent", () => {
    for (const authored of [{}, { "mon-sun": "closed" }, { holidays: "09:00-21:00" }]) {
      expect(parseSendHours(authored).errors).toMatchObject([{ key: null }]);
    }
  });

  it("reports every mistake at once", () => {
    const { errors } = parseSendHours({ monday: "09:00-21:00", tue: "9", wed: "closed" });
    expect(errors.map((error) => error.key)).toEqual(["monday", "tue"]);
  });
});
