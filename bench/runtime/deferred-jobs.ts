import { sql } from "kysely";
import { PgBoss } from "pg-boss";
import type { Db } from "../../store/database.ts";
import { iso } from "../../store/placement.ts";
import { ENROLLED } from "./waiting.ts";

/** Where the jobs are that wait for their steps, one each. */
export const DEFERRED_QUEUE = "deferred";
/** What a job tells its handler. */
export interface DeferredStep {
  readonly enrollment: string;
}

const BATCH = 5_000;

/**
 * Sends a deferred job for the step that each enrollment waits for. They were sent one by one over a month
 * in the order of the enrollments, so that those that come due together are neither the oldest nor the
 * youngest; and what was filled in at once is as tidy as if it had come so.
 */
export async function deferSteps(db: Db, url: string): Promise<void> {
  // Whoever waits in a job needs no table of due times.
  await sql`alter table enrollments disable trigger user`.execute(db);
  const boss = new PgBoss({ connectionString: url, max: 2 });
  await boss.start();
  await boss.createQueue(DEFERRED_QUEUE, { partition: true });
  const waiting = await db
    .selectFrom("enrollments")
    .select(["id", "next_due_at"])
    .orderBy("id")
    .execute();
  const ahead = Date.now() - ENROLLED;
  const jobs = waiting.map(({ id, next_due_at }) => ({
    id,
    data: { enrollment: id } satisfies DeferredStep,
    startAfter: iso((next_due_at?.getTime() ?? 0) + ahead),
  }));
  for (let i = 0; i < jobs.length; i += BATCH)
    await boss.insert(DEFERRED_QUEUE, jobs.slice(i, i + BATCH));
  await boss.stop();
  await sql`
    update pgboss.job set created_on = created_on - interval '30 days' * (1 - numbered.share)
    from (select id, cume_dist() over (order by id) as share from enrollments) numbered
    where job.id = numbered.id`.execute(db);
  await sql`vacuum (full, analyze) pgboss.job`.execute(db);
}

/** The jobs of a wave. @param at epoch ms, when its enrollments are due */
export async function jobsDueAt(db: Db, at: number): Promise<readonly string[]> {
  const due = db.selectFrom("enrollments").select("id").where("next_due_at", "=", new Date(at));
  return (await due.execute()).map(({ id }) => id);
}

/** Makes jobs due now. */
export async function makeDue(db: Db, jobs: readonly string[]): Promise<void> {
  await sql`
    update pgboss.job set start_after = now()
    where id = any(${[...jobs]}::uuid[]) and name = ${DEFERRED_QUEUE}
  `.execute(db);
}
