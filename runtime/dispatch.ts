import type { Clock } from "../core/clock.ts";
import { claimDue, claimPoison, countInHand } from "../store/claim.ts";
import type { Db } from "../store/database.ts";
import { newId } from "../store/ids.ts";
import { isAnythingDue } from "../store/next-due.ts";
import type { Queues } from "./queues.ts";

/** Enrollments a chunk; more gained nothing when it was measured. */
const CHUNK_SIZE = 500;
/** What is claimed but not carried yet stays bounded, so that a pause or a new policy finds it waiting. */
const MOST_IN_HAND = 16 * CHUNK_SIZE;

type Sender = Pick<Queues, "sendChunk" | "wake">;

/**
 * Claims what is due and hands it to the workers, a chunk and its job in one transaction; they begin with the
 * first chunk while the next one is claimed.
 * @returns how many enrollments were claimed; 0 when nothing is due or the workers are behind
 */
export async function dispatchDue(db: Db, queues: Sender, clock: Clock): Promise<number> {
  if (!(await isAnythingDue(db, clock.now()))) return 0;
  let total = 0;
  for (let claimed = CHUNK_SIZE; claimed === CHUNK_SIZE; total += claimed) {
    if (!(await hasRoom(db))) return total;
    claimed = await dispatchChunk(db, queues, clock, claimLongestDue);
  }
  while ((await hasRoom(db)) && (await dispatchChunk(db, queues, clock, claimPoison)) > 0)
    total += 1;
  return total;
}

async function hasRoom(db: Db): Promise<boolean> {
  return (await countInHand(db)) < MOST_IN_HAND;
}

type Claim = typeof claimPoison;

const claimLongestDue: Claim = (trx, chunkId, now) => claimDue(trx, chunkId, CHUNK_SIZE, now);

async function dispatchChunk(db: Db, queues: Sender, clock: Clock, claim: Claim): Promise<number> {
  const claimed = await db.transaction().execute(async (trx) => {
    const now = clock.now();
    const chunkId = newId(now);
    const size = await claim(trx, chunkId, now);
    if (size > 0) await queues.sendChunk(trx, chunkId);
    return size;
  });
  if (claimed > 0) queues.wake();
  return claimed;
}
