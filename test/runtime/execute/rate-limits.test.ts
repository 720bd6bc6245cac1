import { describe, expect, test } from "vitest";
import { createRateLimits } from "../../../runtime/execute/rate-limits.ts";
import { inbox } from "../../core/enrollment/fixtures.ts";
import { testClock } from "../../support/clock.ts";
import { describeEngine, NOW } from "../../support/engine.ts";

const MINUTE = 60_000;
const limited = inbox("mail", "email", {
  concurrency: 2,
  rate_limit: { messages: 2, per: { n: 1, unit: "minute" } },
});

describe("an inbox's rate", () => {
  test("an inbox without a rate lets everything through", () => {
    const limits = createRateLimits(testClock(NOW));
    expect(limits.take(inbox("mail", "email"), 1000)).toBe(1000);
  });

  test("never more than its number within any period, however the asking falls", () => {
    const clock = testClock(NOW);
    const limits = createRateLimits(clock);
    const sent: number[] = [];
    for (let second = 0; second < 600; second += 7) {
      clock.set(NOW + second * 1000);
      const allowed = limits.take(limited, 1 + (second % 3));
      for (let i = 0; i < allowed; i++) sent.push(clock.now());
    }
    for (const start of sent) {
      const within = sent.filter((at) => at >= start && at < start + MINUTE);
      expect(within.length).toBeLessThanOrEqual(2);
    }
    expect(sent.length).toBeGreaterThan(15);
  });

  test("inboxes do not share their rates", () => {
    const limits = createRateLimits(testClock(NOW));
    expect(limits.take(limited, 5)).toBe(2);
    expect(limits.take({ ...limited, id: "other" }, 5)).toBe(2);
  });

  test("what must wait is promised a slot each, across several askings", () => {
    const clock = testClock(NOW);
    const limits = createRateLimits(clock);
    limits.take(limited, 2);
    const minutes = (slots: readonly number[]) => slots.map((slot) => (slot - NOW) / MINUTE);
    expect(minutes(limits.promise(limited, 3))).toEqual([1, 1, 2]);
    expect(minutes(limits.promise(limited, 2))).toEqual([2, 3]);
    clock.advance({ minutes: 2 });
    limits.take(limited, 2);
    expect(minutes(limits.promise(limited, 2))).toEqual([3, 4]);
  });
});

describeEngine("messages of an inbox with a rate", (engine) => {
  test("what is too much waits for its slot", async () => {
    const t = engine();
    await t.publish([limited]);
    for (let i = 0; i < 5; i++) await t.enroll();
    const counts: number[] = [];
    for (let minute = 0; minute < 3; minute++) {
      await t.h.drain();
      counts.push(t.h.sent.length);
      t.h.clock.advance({ minutes: 1 });
    }
    expect(counts).toEqual([2, 4, 5]);
  });
});
