import type { Clock } from "../core/clock.ts";
import type { Db } from "../store/database.ts";
import { forgetKeys } from "../store/idempotency.ts";
import { RECOVERED_AT_ONCE, recoverStranded } from "../store/recover.ts";
import type { Engine } from "./engine.ts";
import type { Log } from "./log.ts";
import { sweepInbound } from "./inbound/receive.ts";
import { CHUNKS } from "./queues.ts";
import { rederiveStale } from "./stale.ts";

/** A request that is repeated within this time gets its first answer. */
const KEYS_KEPT_MS = 24 * 60 * 60 * 1000;

/**
 * Puts right what crashed processes left behind, and forgets what has served its time. Safe in several
 * processes at once.
 */
export async function sweep(given: {
  readonly db: Db;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly log: Log;
}): Promise<void> {
  const { db, clock, log } = given;
  for (let found = RECOVERED_AT_ONCE; found === RECOVERED_AT_ONCE;) {
    found = await recoverStranded(db, CHUNKS, clock.now());
    if (found > 0) log.warn("stranded", { count: found });
  }
  await rederiveStale(given);
  await sweepInbound(given);
  await forgetKeys(db, clock.now() - KEYS_KEPT_MS);
}
