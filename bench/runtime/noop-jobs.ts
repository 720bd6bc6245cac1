import { fromKysely, PgBoss } from "pg-boss";
import type { Db } from "../../store/database.ts";
import { NOOP_QUEUE, type Contender } from "./contender.ts";

const BATCH = 5_000;

/** Where a parent inserts empty jobs. */
export async function openNoopQueue(url: string): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: url, max: 2 });
  await boss.start();
  await boss.createQueue(NOOP_QUEUE, { partition: true });
  return boss;
}

/** Lets pg-boss's workers carry out so many empty jobs. @returns seconds */
export async function doNothing(
  db: Db,
  boss: PgBoss,
  workers: Contender,
  count: number,
): Promise<number> {
  // All at once: workers that are awake must not begin before the clock does.
  const trx = await db.startTransaction().execute();
  const jobs = Array.from({ length: count }, () => ({ data: {} }));
  for (let i = 0; i < count; i += BATCH)
    await boss.insert(NOOP_QUEUE, jobs.slice(i, i + BATCH), { db: fromKysely(trx) });
  return workers.carryOut(0, count, () => trx.commit().execute());
}
