import type { Clock } from "../core/clock.ts";
import { claimDue, claimPoison } from "../store/claim.ts";
import type { Db } from "../store/database.ts";
import { newId } from "../store/ids.ts";
import type { Queues } from "./queues.ts";

/** Enrollments a chunk; more gained nothing when it was measured. */
const CHUNK_SIZE = 500;
/** Chunks that may wait for a worker: what is claimed but not run yet stays bounded. */
const BACKLOG = 8;

/**
 * Claims what is due and hands it to the workers, a chunk and its job in one transaction.
 * @returns how many enrollments were claimed; 0 when nothing is due or the workers are behind
 */
export async function dispatchDue(
  db: Db,
  queues: Pick<Queues, "sendChunk" | "backlog">,
  clock: Clock,
): Promise<number> {
  let total = 0;
  for (let chunks = 0; chunks < BACKLOG; chunks++) {
    const claimed = await dispatchChunk(db, queues, clock);
    total += claimed;
    if (claimed < CHUNK_SIZE) break;
    if ((await queues.backlog()) >= BACKLOG) break;
  }
  while (await dispatchPoison(db, queues, clock)) total += 1;
  return total;
}

function dispatchChunk(db: Db, queues: Pick<Queues, "sendChunk">, clock: Clock): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const now = clock.now();
    const chunkId = newId(now);
    const claimed = await claimDue(trx, chunkId, CHUNK_SIZE, now);
    if (claimed > 0) await queues.sendChunk(trx, chunkId);
    return claimed;
  });
}

function dispatchPoison(db: Db, queues: Pick<Queues, "sendChunk">, clock: Clock): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const now = clock.now();
    const chunkId = newId(now);
    const claimed = await claimPoison(trx, chunkId, now);
    if (claimed) await queues.sendChunk(trx, chunkId);
    return claimed;
  });
}
