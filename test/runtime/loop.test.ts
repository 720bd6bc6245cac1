import { expect, test, vi } from "vitest";
import type { Log } from "../../runtime/log.ts";
import { createLoop } from "../../runtime/loop.ts";
import { silent } from "../support/harness.ts";

const HOUR = 3_600_000;

test("a kick runs the next round at once; one that comes during a round is not lost", async () => {
  let rounds = 0;
  const ran = Promise.withResolvers<void>();
  const loop = createLoop(
    "test",
    HOUR,
    async () => {
      rounds += 1;
      if (rounds === 1) loop.kick();
      if (rounds === 2) ran.resolve();
    },
    silent,
  );
  loop.start();
  await ran.promise;
  await loop.stop();
  expect(rounds).toBe(2);
});

test("a round that fails is told and does not end the loop", async () => {
  const error = vi.fn<Log["error"]>();
  const ran = Promise.withResolvers<void>();
  let rounds = 0;
  const round = async () => {
    rounds += 1;
    if (rounds === 1) throw new Error("away");
    ran.resolve();
  };
  const loop = createLoop("test", 1, round, { ...silent, error });
  loop.start();
  await ran.promise;
  await loop.stop();
  expect(error).toHaveBeenCalledExactlyOnceWith("round_failed", {
    loop: "test",
    error: "Error: away",
  });
});

test("stop waits for the round under way, and nothing runs after it", async () => {
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  let ended = 0;
  const round = async () => {
    begun.resolve();
    await gate.promise;
    ended += 1;
  };
  const loop = createLoop("test", 0, round, silent);
  loop.start();
  await begun.promise;
  const stopping = loop.stop();
  gate.resolve();
  await stopping;
  expect(ended).toBe(1);
});

test("a loop that never started stops too", async () => {
  const loop = createLoop("test", HOUR, async () => {}, silent);
  await expect(loop.stop()).resolves.toBeUndefined();
});
