import { describe, expect, test } from "vitest";
import { afterFailure, type Position } from "../../../core/enrollment/index.ts";
import type { OnFailure } from "../../../core/language/document.ts";
import { DAY, NOW, program, step } from "./fixtures.ts";

const MINUTE = 60_000;
const position: Position = {
  step: "a",
  base: NOW,
  due: NOW,
  expires: NOW + DAY,
  attempt: 1,
  failedChannels: [],
};

function after(
  on_failure: OnFailure,
  kind: "retry" | "permanent",
  where: Partial<Position> = {},
  afterMs?: number,
) {
  const compiled = program([step({ id: "a", channel: "whatsapp", on_failure })]);
  const failure =
    kind === "retry" ? { kind, ...(afterMs === undefined ? {} : { afterMs }) } : { kind };
  return afterFailure(compiled, { ...position, ...where }, failure, "whatsapp", NOW);
}

describe("a failure worth another attempt", () => {
  test.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [8, 60],
  ])("attempt %i is followed after %i minutes", (attempt, minutes) => {
    expect(after({ retry: 20 }, "retry", { attempt })).toMatchObject({
      kind: "again",
      position: { attempt: attempt + 1, due: NOW + minutes * MINUTE },
    });
  });

  test("the provider's own pause is kept", () => {
    expect(after({}, "retry", {}, 10 * MINUTE)).toMatchObject({
      position: { due: NOW + 10 * MINUTE },
    });
  });

  test("after the last retry the sequence goes on, or ends", () => {
    expect(after({ retry: 1 }, "retry", { attempt: 2 })).toEqual({ kind: "next" });
    expect(after({ retry: 1, then: "exit" }, "retry", { attempt: 2 })).toEqual({ kind: "end" });
    expect(after({ retry: 0 }, "retry")).toEqual({ kind: "next" });
  });
});

describe("a permanent failure", () => {
  test("never gives the next channel a number that was used", () => {
    const fallen = after({ retry: 0, channels: ["sms"] }, "permanent", { attempt: 3 });
    expect(fallen).toMatchObject({ position: { attempt: 4, failedChannels: ["whatsapp"] } });
  });

  test("goes to the next channel at once, with a fresh range of attempts", () => {
    const fallen = after({ retry: 2, channels: ["sms"] }, "permanent");
    expect(fallen).toMatchObject({
      kind: "again",
      position: { attempt: 4, due: NOW, failedChannels: ["whatsapp"] },
    });
  });

  test("each channel has its own retries", () => {
    const where = { attempt: 5, failedChannels: ["email"] } as const;
    expect(after({ retry: 2, channels: ["sms"] }, "retry", where)).toMatchObject({
      position: { attempt: 6 },
    });
    expect(after({ retry: 2, channels: ["sms"] }, "retry", { ...where, attempt: 6 })).toMatchObject(
      {
        position: { attempt: 7, failedChannels: ["email", "whatsapp"] },
      },
    );
  });

  test("with no channel left the sequence goes on", () => {
    expect(after({ channels: ["whatsapp"] }, "permanent")).toEqual({ kind: "next" });
  });
});

test("a snooze costs no attempt", () => {
  const compiled = program([step({ id: "a" })]);
  expect(
    afterFailure(compiled, position, { kind: "snooze", afterMs: 5 * MINUTE }, "email", NOW),
  ).toEqual({
    kind: "again",
    position: { ...position, due: NOW + 5 * MINUTE },
  });
});
