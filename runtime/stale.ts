import type { Clock } from "../core/clock.ts";
import type { Db } from "../store/database.ts";
import { takeStale } from "../store/release.ts";
import type { Engine } from "./engine.ts";
import { rederiveThese } from "./rederive.ts";
import { transact } from "./transact.ts";

const BATCH = 500;

/**
 * Re-derives enrollments whose data changed while a chunk had them in hand: their next due time was
 * worked out from what had been loaded before.
 */
export async function rederiveStale(given: {
  readonly db: Db;
  readonly clock: Clock;
  readonly engine: Engine;
}): Promise<void> {
  const { db, clock, engine } = given;
  for (let taken = BATCH; taken === BATCH;) {
    taken = await transact(db, async (trx) => {
      const ids = await takeStale(trx, BATCH);
      await rederiveThese(trx, engine, ids, "data", clock.now());
      return ids.length;
    });
  }
}
