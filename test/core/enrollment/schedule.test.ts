import { describe, expect, test } from "vitest";
import { afterSend, afterSkip, reschedule, scheduleFrom } from "../../../core/enrollment/index.ts";
import { DAY, facts, HOUR, NOW, program, situation, step } from "./fixtures.ts";

const days = (n: number) => ({ kind: "after", n, unit: "day" }) as const;
const beforeDue = (n: number) =>
  ({ kind: "relative", n, unit: "day", side: "before", variable: "charge.due_on" }) as const;
const at = { base: NOW, now: NOW };

describe("scheduleFrom", () => {
  test("the first step counts from its base", async () => {
    const schedule = scheduleFrom(
      program([step({ id: "a", wait: days(1) })]),
      0,
      at,
      await situation(),
    );
    expect(schedule).toEqual({
      kind: "step",
      skipped: [],
      position: {
        step: "a",
        base: NOW,
        due: NOW + DAY,
        expires: NOW + 3 * DAY,
        attempt: 1,
        failedChannels: [],
      },
    });
  });

  test("steps in the past are passed over, and that moment is the next one's base", async () => {
    const early = { ...facts, charge: { ...facts.charge, due_on: "2026-03-03" } };
    const schedule = scheduleFrom(
      program([
        step({ id: "a", wait: beforeDue(3), at: "09:00" }),
        step({ id: "b", wait: days(1) }),
      ]),
      0,
      at,
      await situation({ facts: early }),
    );
    expect(schedule).toMatchObject({
      kind: "step",
      skipped: [{ step: "a", reason: "past" }],
      position: { step: "b", base: NOW, due: NOW + DAY },
    });
  });

  test("everything in the past ends the sequence", async () => {
    const late = { ...facts, charge: { ...facts.charge, due_on: "2026-01-01" } };
    const schedule = scheduleFrom(
      program([step({ id: "a", wait: beforeDue(1), at: "09:00" })]),
      0,
      at,
      await situation({ facts: late }),
    );
    expect(schedule).toEqual({ kind: "end", skipped: [{ step: "a", reason: "past" }] });
  });

  test("if_past: send sends it now", async () => {
    const late = { ...facts, charge: { ...facts.charge, due_on: "2026-03-03" } };
    const schedule = scheduleFrom(
      program([step({ id: "a", wait: beforeDue(3), at: "09:00", if_past: "send" })]),
      0,
      at,
      await situation({ facts: late }),
    );
    expect(schedule).toMatchObject({ kind: "step", position: { step: "a", due: NOW } });
  });

  test("a blank date holds and names the variable", async () => {
    const undated = { ...facts, charge: { ...facts.charge, due_on: null } };
    const schedule = scheduleFrom(
      program([step({ id: "a", wait: beforeDue(3), at: "09:00" })]),
      0,
      at,
      await situation({ facts: undated }),
    );
    expect(schedule).toMatchObject({
      kind: "hold",
      step: "a",
      base: NOW,
      reason: "blank: charge.due_on",
    });
  });
});

test("after a send the next step counts from the actual send; after a skip from that moment", async () => {
  const steps = program([step({ id: "a" }), step({ id: "b", wait: days(2) })]);
  const now = await situation();
  expect(afterSend(steps, "a", NOW - HOUR, NOW, now)).toMatchObject({
    position: { step: "b", base: NOW - HOUR, due: NOW - HOUR + 2 * DAY },
  });
  expect(afterSkip(steps, "a", NOW, now)).toMatchObject({ position: { due: NOW + 2 * DAY } });
  expect(afterSend(steps, "b", NOW, NOW, now)).toEqual({ kind: "end", skipped: [] });
});

describe("reschedule", () => {
  test("a moved date moves the step and keeps its attempts", async () => {
    const steps = program([step({ id: "a", wait: beforeDue(1), at: "09:00" })]);
    const moved = { ...facts, charge: { ...facts.charge, due_on: "2026-03-20" } };
    const current = { step: "a", base: NOW, attempt: 3, failedChannels: ["email"] } as const;
    expect(
      reschedule(steps, current, NOW, await situation({ facts: moved }), "data"),
    ).toMatchObject({
      position: { due: Date.parse("2026-03-19T09:00:00Z"), attempt: 3, failedChannels: ["email"] },
    });
  });

  test("a date moved into the past passes the step over", async () => {
    const steps = program([step({ id: "a", wait: beforeDue(1), at: "09:00" }), step({ id: "b" })]);
    const moved = { ...facts, charge: { ...facts.charge, due_on: "2026-03-01" } };
    expect(
      reschedule(steps, { step: "a", base: NOW }, NOW, await situation({ facts: moved }), "data"),
    ).toMatchObject({
      skipped: [{ step: "a", reason: "past" }],
      position: { step: "b", attempt: 1 },
    });
  });

  describe("a step that is only held back is not late", () => {
    const open = [{ from: 8 * 60, to: 21 * 60 }];
    const days = { 1: open, 2: open, 3: open, 4: open, 5: open, 6: open, 7: open };
    const world = { policy: { send_hours: { days, holidays: null } } };
    const night = Date.parse("2026-03-09T23:00:00Z");
    const morning = Date.parse("2026-03-10T08:00:00Z");
    const steps = program([step({ id: "a", wait: beforeDue(1), at: "22:00" }), step({ id: "b" })]);
    const expires = Date.parse("2026-03-11T00:00:00Z");
    const current = { step: "a", base: NOW, due: morning, expires };

    test.each(["data", "policy"] as const)("a change of %s", async (cause) => {
      expect(reschedule(steps, current, night, await situation(world), cause)).toMatchObject({
        kind: "step",
        skipped: [],
        position: { step: "a", due: morning },
      });
    });

    test("nor is one that its inbox's rate has put off", async () => {
      const later = { ...current, due: morning + HOUR };
      expect(reschedule(steps, later, morning, await situation(world), "data")).toMatchObject({
        kind: "step",
        skipped: [],
        position: { step: "a", expires },
      });
    });

    test("a new date in the past still passes it over", async () => {
      const moved = { ...world, facts: { charge: { ...facts.charge, due_on: "2026-03-08" } } };
      expect(reschedule(steps, current, night, await situation(moved), "data")).toMatchObject({
        skipped: [{ step: "a", reason: "past" }],
      });
    });
  });

  test("what is overdue keeps the expiry that it had", async () => {
    const steps = program([step({ id: "a", wait: days(1) })]);
    const current = { step: "a", base: NOW - 5 * DAY, due: NOW - 4 * DAY, expires: NOW - 2 * DAY };
    expect(reschedule(steps, current, NOW, await situation(), "policy")).toMatchObject({
      position: { due: NOW, expires: NOW - 2 * DAY },
    });
  });

  test("a retry's pause is kept", async () => {
    const steps = program([step({ id: "a" })]);
    const current = { step: "a", base: NOW, due: NOW + HOUR, expires: NOW + DAY, attempt: 2 };
    expect(reschedule(steps, current, NOW, await situation(), "data")).toMatchObject({
      position: { due: NOW + HOUR, attempt: 2 },
    });
  });
});
