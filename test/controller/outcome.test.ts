import { describe, expect, test } from "vitest";
import {
  conditionsAfter,
  conditionsDuring,
  conditionsSuspended,
  isLasting,
  type Outcome,
} from "../../controller/outcome.ts";

const NOON = Date.parse("2026-03-02T12:00:00Z");
const HOUR = 3_600_000;
const outcome = (given: Partial<Outcome>): Outcome => ({
  outcome: "applied",
  reason: "Applied",
  message: "published 0123456789ab",
  ...given,
});
const stall = outcome({ outcome: "stalled", reason: "Unreachable", message: "nobody there" });

describe("the conditions after a reconciliation", () => {
  test.each([
    ["applied", { Ready: true, Reconciling: false, Stalled: false }],
    ["unchanged", { Ready: true, Reconciling: false, Stalled: false }],
    ["failed", { Ready: false, Reconciling: false, Stalled: true }],
    ["stalled", { Ready: false, Reconciling: false, Stalled: true }],
  ] as const)("%s", (ended, expected) => {
    const conditions = conditionsAfter(outcome({ outcome: ended }), [], NOON);
    expect(Object.fromEntries(conditions.map(({ type, status }) => [type, status]))).toEqual(
      expected,
    );
    for (const { reason, message } of conditions) {
      expect({ reason, message }).toEqual({
        reason: "Applied",
        message: "published 0123456789ab",
      });
    }
  });

  test("a condition that keeps its status keeps the instant it began", () => {
    const before = conditionsAfter(outcome({}), [], NOON);
    const still = conditionsAfter(outcome({ outcome: "unchanged" }), before, NOON + HOUR);
    expect(still.map(({ since }) => since)).toEqual(before.map(({ since }) => since));
    const after = conditionsAfter(stall, still, NOON + 2 * HOUR);
    expect(Object.fromEntries(after.map(({ type, since }) => [type, since]))).toEqual({
      Ready: "2026-03-02T14:00:00.000Z",
      Reconciling: "2026-03-02T12:00:00.000Z",
      Stalled: "2026-03-02T14:00:00.000Z",
    });
  });
});

test("while commits are read, only Reconciling changes; a suspension ends it", () => {
  const before = conditionsAfter(stall, [], NOON);
  const during = conditionsDuring(3, before, NOON + HOUR);
  expect(during).toHaveLength(3);
  expect(during.filter(({ status }) => status)).toMatchObject([
    { type: "Stalled", reason: "Unreachable" },
    { type: "Reconciling", reason: "Progressing", message: "reads 3 new commits" },
  ]);
  const ended = conditionsSuspended(during, NOON + 2 * HOUR);
  expect(ended.filter(({ status }) => status)).toMatchObject([{ type: "Stalled" }]);
  expect(ended).toHaveLength(3);
});

test.each([
  ["the same", stall, true, true],
  ["worded differently", { ...stall, message: "nobody there after 3 ms" }, false, true],
  ["worded differently, where that counts", { ...stall, message: "another head" }, true, false],
  ["another reason", { ...stall, reason: "Timeout" }, false, false],
])("a stall that lasts: %s", (_, next, exactly, expected) => {
  expect(isLasting(next, conditionsAfter(stall, [], NOON), exactly)).toBe(expected);
  expect(isLasting(next, conditionsAfter(outcome({}), [], NOON), exactly)).toBe(false);
});
