import { DateTime, IANAZone } from "luxon";
import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE } from "../../../core/time/civil.ts";
import { isKnownZone, resolveZone } from "../../../core/time/index.ts";
import { zoneNamed } from "../../../core/time/zone.ts";
import { policyOf, random } from "./support.ts";

const ZONES = [
  "UTC",
  "Europe/Berlin",
  "Europe/Dublin",
  "America/New_York",
  "America/Sao_Paulo",
  "America/St_Johns",
  "America/Nuuk",
  "Africa/Cairo",
  "Africa/Casablanca",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Asia/Beirut",
  "Asia/Tehran",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Pacific/Chatham",
];

/**
 * What luxon's zone data says about a local time, by trial: the first instant that shows it, or the
 * time moved forward by the gap. (`DateTime.fromObject` guesses from the machine's current date, and
 * guesses wrong where a zone has changed sides of the date line.)
 */
function expected(day: number, time: number, name: string): number {
  const zone = IANAZone.create(name);
  const local = day * DAY + time;
  const offsets = new Set<number>();
  for (let hour = -26; hour <= 26; hour += 2) offsets.add(zone.offset(local + hour * HOUR));
  const instants = [...offsets]
    .map((offset) => local - offset * MINUTE)
    .filter((instant) => instant + zone.offset(instant) * MINUTE === local);
  return instants.length > 0 ? Math.min(...instants) : local - zone.offset(local - DAY) * MINUTE;
}

const days = (from: string, to: string) => {
  const first = Date.parse(from) / DAY;
  return Array.from({ length: Date.parse(to) / DAY - first }, (_, index) => first + index);
};

describe.each(ZONES)("%s", (name) => {
  const zone = zoneNamed(name);

  it("agrees with luxon on random instants and local times", () => {
    const next = random(7);
    for (let index = 0; index < 200; index++) {
      const instant = Math.floor(Date.UTC(1985, 0) + next() * 60 * 365.25 * DAY);
      const { day, time } = zone.toLocal(instant);
      const local = DateTime.fromMillis(instant, { zone: name });
      expect(day * DAY + time).toBe(instant + local.offset * MINUTE);
      expect([day, time, zone.toInstant(day, time)]).toEqual([
        day,
        time,
        expected(day, time, name),
      ]);
    }
  });

  it("agrees with luxon around every change of offset, and its spans fill the days", () => {
    let changes = 0;
    for (const day of [...days("2009-01-01", "2012-01-01"), ...days("2026-01-01", "2027-01-01")]) {
      const spans = zone.spans(day);
      if (spans.length === 1 && spans[0] && spans[0].to - spans[0].from === DAY) continue;
      changes++;
      for (let minute = 0; minute < 1_440; minute += 30) {
        const time = minute * MINUTE;
        expect([day, minute, zone.toInstant(day, time)]).toEqual([
          day,
          minute,
          expected(day, time, name),
        ]);
      }
      for (const { from, to } of spans) {
        expect(zone.toLocal(from).day).toBe(day);
        expect(zone.toLocal(to - 1).day).toBe(day);
      }
    }
    const fixed = ["UTC", "Asia/Kolkata", "Asia/Kathmandu"].includes(name);
    expect(changes > 0).toBe(!fixed);
  });
});

describe("spans", () => {
  it("are two around a change, and none for a day that a zone left out", () => {
    const berlin = zoneNamed("Europe/Berlin");
    const [first, second, ...more] = berlin.spans(Date.UTC(2026, 9, 25) / DAY);
    expect(more).toEqual([]);
    expect(first?.to).toBe(Date.UTC(2026, 9, 25, 1));
    expect(second?.from).toBe(Date.UTC(2026, 9, 25, 1));
    expect((second?.to ?? 0) - (first?.from ?? 0)).toBe(25 * HOUR);
    expect(zoneNamed("Pacific/Apia").spans(Date.UTC(2011, 11, 30) / DAY)).toEqual([]);
  });
});

describe("isKnownZone", () => {
  it.each(["Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC", "Etc/GMT+3"])(
    "knows %s",
    (name) => {
      expect(isKnownZone(name)).toBe(true);
    },
  );
  it.each([
    "",
    "Berlin",
    "Europe/Berlín",
    "+02:00",
    "-03",
    "Europe/Berlin; drop",
    "local",
    "system",
  ])("does not know %j", (name) => {
    expect(isKnownZone(name)).toBe(false);
  });
  it("is asked before a zone is used", () => {
    expect(() => zoneNamed("Mars/Olympus")).toThrow("Mars/Olympus is not an IANA time zone");
  });
});

describe("resolveZone", () => {
  const own = policyOf({}, "contact");
  const workspace = policyOf({}, "workspace");
  it.each([
    [own, "America/Sao_Paulo", "America/Sao_Paulo"],
    [own, "Mars/Olympus", "Europe/Lisbon"],
    [own, "+02:00", "Europe/Lisbon"],
    [own, "", "Europe/Lisbon"],
    [own, null, "Europe/Lisbon"],
    [own, undefined, "Europe/Lisbon"],
    [workspace, "America/Sao_Paulo", "Europe/Lisbon"],
  ])("%#: %s", (policy, contact, expectedZone) => {
    expect(resolveZone(policy, contact)).toBe(expectedZone);
  });
});
