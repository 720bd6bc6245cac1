import { describe, expect, it } from "vitest";
import { compile, resolvePersona, type Persona } from "../../../core/language/index.ts";
import { parseRelativeTime } from "../../../core/language/relative-time.ts";

/** 10:15 in New York, on the day before the clocks go back in Berlin. */
const START = Date.parse("2026-10-24T14:15:00Z");
const ZONE = "America/New_York";

function persona(yaml: string): Persona {
  const workspace = { path: "cadenza.yaml", text: "kind: Workspace\nname: Test\ntimezone: UTC\n" };
  const attributes = ["since", "room"].map((key) => ({
    path: `${key}.yaml`,
    text: `kind: CustomAttribute\nid: ${key}\nentity: contact\nkey: ${key}\ntype: text\n`,
  }));
  const file = { path: "ana.yaml", text: `kind: Persona\nid: ana\n${yaml}` };
  const { personas, diagnostics } = compile([workspace, ...attributes, file]);
  expect(diagnostics).toEqual([]);
  return personas[0]!;
}

const starts = (text: string, zone = ZONE) =>
  resolvePersona(
    { id: "ana", name: "Ana", contact: {}, appointment: { starts_at: text } },
    START,
    zone,
  ).appointment?.["starts_at"];
const due = (text: string, zone = ZONE, start = START) =>
  resolvePersona({ id: "ana", name: "Ana", contact: {}, charge: { due_on: text } }, start, zone)
    .charge?.["due_on"];

describe("a persona's times", () => {
  it.each([
    ["+3 days 10:00", "2026-10-27T14:00:00.000Z"],
    ["-2 hours", "2026-10-24T12:15:00.000Z"],
    ["- 2 hours", "2026-10-24T12:15:00.000Z"],
    ["+90 minutes", "2026-10-24T15:45:00.000Z"],
    ["+1 day", "2026-10-25T14:15:00.000Z"],
    ["+0 days 08:30", "2026-10-24T12:30:00.000Z"],
    ["-1 week 00:00", "2026-10-17T04:00:00.000Z"],
    ["+10 days 10:00", "2026-11-03T15:00:00.000Z"],
    ["2026-12-24T10:00:00+01:00", "2026-12-24T10:00:00+01:00"],
  ])("%s is %s", (text, instant) => {
    expect(starts(text)).toBe(instant);
  });

  it("that exist twice are their first occurrence, those that do not exist move forward", () => {
    expect(starts("+1 day 02:30", "Europe/Berlin")).toBe("2026-10-25T00:30:00.000Z");
    expect(starts("+155 days 02:30", "Europe/Berlin")).toBe("2027-03-28T01:30:00.000Z");
  });

  it.each([
    ["+3 days", "2026-10-27"],
    ["-2 days", "2026-10-22"],
    ["+0 days", "2026-10-24"],
    ["+10 hours", "2026-10-25"],
    ["2026-12-24", "2026-12-24"],
  ])("where a date is meant: %s is %s", (text, date) => {
    expect(due(text, "Europe/Berlin")).toBe(date);
  });

  it("are counted from the local date", () => {
    const late = Date.parse("2026-10-24T23:30:00Z");
    expect(due("+1 day", "UTC", late)).toBe("2026-10-25");
    expect(due("+1 day", "Europe/Berlin", late)).toBe("2026-10-26");
  });

  it.each([
    "3 days",
    "+3",
    "+3 moons",
    "+ 3days",
    "+3 hours 10:00",
    "+3 days 25:00",
    "+3 days 9:00",
  ])("%s is none", (text) => {
    expect(parseRelativeTime(text)).toBeNull();
  });

  it("stand in date fields and custom attributes; other texts stay as they are", () => {
    const ana = persona(
      'contact: { first_name: "+3 days", custom: { since: "-2 days", room: "+2 days 10:00" } }\n',
    );
    const { contact } = resolvePersona(ana, START, ZONE);
    expect(contact).toEqual({
      id: "ana",
      first_name: "+3 days",
      custom: { since: "2026-10-22", room: "2026-10-26T14:00:00.000Z" },
    });
  });
});

describe("a persona's ids", () => {
  it("are made of its own where it names none", () => {
    const ana = persona("contact: {}\ncharge: { number: '7' }\nagent: { name: Bo }\n");
    expect(resolvePersona(ana, START, ZONE)).toEqual({
      contact: { id: "ana" },
      charge: { id: "ana-charge", contact_id: "ana", number: "7" },
      agent: { id: "ana-agent", name: "Bo" },
    });
  });

  it("are the ones it names", () => {
    const ana = persona("contact: { id: c-1 }\ndeal: { id: d-1 }\n");
    expect(resolvePersona(ana, START, ZONE)).toEqual({
      contact: { id: "c-1" },
      deal: { id: "d-1", contact_id: "c-1" },
    });
  });
});
