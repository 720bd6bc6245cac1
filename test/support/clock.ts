import type { Clock } from "../../core/clock.ts";

export interface TestClock extends Clock {
  set(instant: number | string): void;
  advance(by: Span): void;
}

interface Span {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
}

/** A clock that only moves when it is told to. */
export function testClock(start: number | string): TestClock {
  const parse = (instant: number | string) =>
    typeof instant === "number" ? instant : Date.parse(instant);
  let now = parse(start);
  return {
    now: () => now,
    set(instant) {
      now = parse(instant);
    },
    advance({ days = 0, hours = 0, minutes = 0, seconds = 0 }) {
      now += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000;
    },
  };
}
