import { expect, test } from "vitest";
import { testClock } from "./clock.ts";

test("stands still, jumps and moves on", () => {
  const clock = testClock("2026-03-01T09:00:00Z");
  expect(clock.now()).toBe(clock.now());
  clock.advance({ days: 1, hours: 2, minutes: 3 });
  expect(new Date(clock.now()).toISOString()).toBe("2026-03-02T11:03:00.000Z");
  clock.set("2026-01-01T00:00:00Z");
  expect(clock.now()).toBe(Date.UTC(2026, 0, 1));
});
