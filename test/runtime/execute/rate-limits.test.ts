import { expect, test } from "vitest";
import { createRateLimits } from "../../../runtime/execute/rate-limits.ts";
import { inbox } from "../../core/enrollment/fixtures.ts";
import { describeEngine, INBOXES, NOW } from "../../support/engine.ts";
import { createHarness } from "../../support/harness.ts";

const MINUTE = 60_000;
const limited = inbox("mail", "email", {
  concurrency: 2,
  rate_limit: { messages: 2, per: { n: 1, unit: "minute" } },
});

describeEngine("an inbox's rate", (engine) => {
  test("an inbox without a rate lets everything through", async () => {
    const { h } = engine();
    expect(await h.execution.limits.take(inbox("mail", "email"), 1000)).toBe(1000);
  });

  test("never more than its number within any period, however the asking falls", async () => {
    const { h } = engine();
    const sent: number[] = [];
    for (let second = 0; second < 600; second += 7) {
      h.clock.set(NOW + second * 1000);
      const allowed = await h.execution.limits.take(limited, 1 + (second % 3));
      for (let i = 0; i < allowed; i++) sent.push(h.clock.now());
    }
    for (const start of sent) {
      const within = sent.filter((at) => at >= start && at < start + MINUTE);
      expect(within.length).toBeLessThanOrEqual(2);
    }
    expect(sent.length).toBeGreaterThan(15);
  });

  test("inboxes do not share their rates", async () => {
    const { limits } = engine().h.execution;
    expect(await limits.take(limited, 5)).toBe(2);
    expect(await limits.take({ ...limited, id: "text" }, 5)).toBe(2);
  });

  test("processes do, and one that starts anew knows what was sent before", async () => {
    const { db, h } = engine();
    const all = Array.from({ length: 5 }, () => createRateLimits(db, h.clock));
    const taken = await Promise.all(all.map((limits) => limits.take(limited, 1)));
    expect(taken.reduce((sum, one) => sum + one)).toBe(2);
  });

  test("what must wait is promised a slot each, across several askings", async () => {
    const { h } = engine();
    const { limits } = h.execution;
    await limits.take(limited, 2);
    const minutes = async (sends: number) =>
      (await limits.promise(limited, sends)).map((slot) => (slot - NOW) / MINUTE);
    expect(await minutes(3)).toEqual([1, 1, 2]);
    expect(await minutes(2)).toEqual([2, 3]);
    h.clock.advance({ minutes: 2 });
    await limits.take(limited, 2);
    expect(await minutes(2)).toEqual([3, 4]);
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

  test("two processes share it, and every message goes in the end", async () => {
    const t = engine();
    await t.publish([limited, ...INBOXES.slice(1)]);
    for (let i = 0; i < 6; i++) await t.enroll();
    const other = createHarness(t.db, NOW);
    const counts: number[] = [];
    for (let minute = 0; minute < 3; minute++) {
      // Turn and turn about, and no process has the whole of what is due.
      for (const one of [t.h, other]) await one.drain();
      counts.push(t.h.sent.length + other.sent.length);
      for (const one of [t.h, other]) one.clock.advance({ minutes: 1 });
    }
    expect(counts).toEqual([2, 4, 6]);
  });
});
