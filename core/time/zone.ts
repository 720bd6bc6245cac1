import { IANAZone } from "luxon";
import type { Policy } from "../language/policy.ts";
import { DAY } from "./civil.ts";
import { memoize } from "./memo.ts";

/** A stretch of one local day during which the zone's offset does not change; `to` is not inside. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

/** A reading of the local clock: the day number, and milliseconds since its midnight. */
interface LocalTime {
  readonly day: number;
  readonly time: number;
}

/** What local clocks show in one IANA zone. Offsets are milliseconds to add to UTC. */
export interface Zone {
  toLocal(instant: number): LocalTime;
  /**
   * The instant at which the local clock shows `time` on `day`: the first one if there are two; if
   * there is none, the time moved forward by the gap.
   */
  toInstant(day: number, time: number): number;
  /** The instants of a local day in order: one span, or two around a change of offset. */
  spans(day: number): Span[];
}

/** The offsets of one UTC day; `before` is in force until the instant `changesAt`. */
interface Offsets {
  readonly before: number;
  readonly after: number;
  readonly changesAt: number;
}

// Bounded, because a contact's zone comes from outside and in any mix of cases.
const known = memoize(2_000, (name: string) => IANAZone.isValidZone(name));

/** Whether `name` is an IANA zone such as `America/Sao_Paulo`; a bare offset (`+02:00`) is none. */
export function isKnownZone(name: string): boolean {
  // Intl alone would take an offset for a zone.
  return /^[A-Za-z]/.test(name) && known(name);
}

/** The zone that governs a contact's waits, `at` and hours: one that is not known falls back to the workspace's. */
export function resolveZone(policy: Policy, contactTimezone: string | null | undefined): string {
  const own = policy.zone === "contact" && contactTimezone && isKnownZone(contactTimezone);
  return own ? contactTimezone : policy.timezone;
}

/**
 * The zone of this name.
 * @throws if there is none: a zone from outside goes through {@link resolveZone} first
 */
export const zoneNamed: (name: string) => Zone = memoize(1_000, createZone);

function createZone(name: string): Zone {
  if (!isKnownZone(name)) throw new Error(`${name} is not an IANA time zone`);
  const zone = new IANAZone(name);
  const look = (instant: number) => Math.round(zone.offset(instant) * 60_000);

  // Asking the zone database costs microseconds, so each UTC day is asked for once.
  const offsetsOf = memoize(8_192, (day: number): Offsets => {
    const before = look(day * DAY);
    const after = look((day + 1) * DAY);
    if (before === after) return { before, after, changesAt: Infinity };
    let [low, high] = [day * DAY, (day + 1) * DAY];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (look(middle) === before) low = middle;
      else high = middle;
    }
    return { before, after, changesAt: high };
  });

  const offsetAt = (instant: number): number => {
    const offsets = offsetsOf(Math.floor(instant / DAY));
    return instant < offsets.changesAt ? offsets.before : offsets.after;
  };

  const changeAfter = (instant: number): number => {
    let day = Math.floor(instant / DAY);
    while (offsetsOf(day).changesAt === Infinity) day++;
    return offsetsOf(day).changesAt;
  };

  return {
    toLocal(instant) {
      const local = instant + offsetAt(instant);
      const day = Math.floor(local / DAY);
      return { day, time: local - day * DAY };
    },

    toInstant(day, time) {
      const local = day * DAY + time;
      // No offset exceeds a day, and no two changes lie within two days.
      const before = offsetAt(local - DAY);
      const after = offsetAt(local + DAY);
      if (before === after || offsetAt(local - before) === before) return local - before;
      return offsetAt(local - after) === after ? local - after : local - before;
    },

    spans(day) {
      const midnight = day * DAY;
      const before = offsetAt(midnight - DAY);
      const after = offsetAt(midnight + 2 * DAY);
      const whole = (offset: number): Span => {
        return { from: midnight - offset, to: midnight + DAY - offset, offset };
      };
      if (before === after) return [whole(before)];
      const change = changeAfter(midnight - DAY);
      const first = { ...whole(before), to: Math.min(whole(before).to, change) };
      const second = { ...whole(after), from: Math.max(whole(after).from, change) };
      return [first, second].filter((span) => span.from < span.to);
    },
  };
}
