import { setTimeout as pause } from "node:timers/promises";
import { countInHand } from "../../store/claim.ts";
import type { Db } from "../../store/database.ts";
import type { Contender } from "./contender.ts";

/**
 * Lets the engine's workers carry a wave until what was sent has been recorded too.
 * @param at epoch ms, when it is due
 * @returns seconds
 */
export async function carryWave(
  db: Db,
  workers: Contender,
  at: number,
  size: number,
): Promise<number> {
  const start = performance.now();
  await workers.carryOut(at, size);
  while ((await countInHand(db)) > 0) await pause(5);
  return (performance.now() - start) / 1000;
}
