import { sql, type RawBuilder, type Transaction } from "kysely";
import type { Db } from "./database.ts";
import { iso } from "./placement.ts";
import type { Schema } from "./schema.ts";

/** A row that was in hand of more lost chunks than this gets a chunk of its own. */
const POISON_STRANDINGS = 2;

/**
 * Claims enrollments that are due for one chunk, the longest overdue first. Rows that another
 * dispatcher is claiming, or whose data is being changed, are passed over. Must share the transaction that inserts the chunk's job.
 * @param now epoch ms
 * @returns how many were claimed
 */
export function claimDue(
  trx: Transaction<Schema>,
  chunkId: string,
  limit: number,
  now: number,
): Promise<number> {
  return claim(trx, chunkId, sql`strandings <= ${sql.lit(POISON_STRANDINGS)}`, limit, now);
}

/**
 * Claims one due row that chunks were lost with, alone, so that it can harm no other.
 * @param now epoch ms
 * @returns whether there was one
 */
export async function claimPoison(
  trx: Transaction<Schema>,
  chunkId: string,
  now: number,
): Promise<boolean> {
  const isPoison = sql`strandings > ${sql.lit(POISON_STRANDINGS)}`;
  return (await claim(trx, chunkId, isPoison, 1, now)) > 0;
}

/**
 * What is claimed keeps its place in the due index, so that a claim rewrites a row in its page and no
 * index; the next claim passes over it, and the dispatcher keeps what is in hand few. Who is in a chunk's
 * hand is found by the chunk's own list.
 */
async function claim(
  trx: Transaction<Schema>,
  chunkId: string,
  which: RawBuilder<unknown>,
  limit: number,
  now: number,
): Promise<number> {
  const claimed = await sql<{ size: number }>`
    with due as (
      select id from enrollments
      where state = 'active' and parked_by is null and chunk_id is null
        and next_due_at <= ${iso(now)}::timestamptz and ${which} and not stale
      order by next_due_at
      limit ${limit}
      for update skip locked
    ), claimed as (
      update enrollments e set chunk_id = ${chunkId}::uuid from due where e.id = due.id returning e.id
    )
    insert into chunks (id, enrollments, size)
    select ${chunkId}::uuid, array_agg(id), count(*) from claimed having count(*) > 0
    returning size
  `.execute(trx);
  return claimed.rows[0]?.size ?? 0;
}

/** The enrollments in a chunk's hand, as `e`; some have been let go of since. */
export function inHandOf(chunk: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select id, unnest(enrollments) as enrollment_id from chunks where ${chunk}) k
    join enrollments e on e.id = k.enrollment_id and e.chunk_id = k.id`;
}

/**
 * Begins to carry a chunk. An earlier run that began, and so may have sent, is counted before anything is
 * sent by this one.
 * @returns which run of it this is, and how many enrollments it was made of; null when it is over
 */
export async function beginRun(
  db: Db,
  chunkId: string,
): Promise<{ readonly runs: number; readonly size: number } | null> {
  const begun = await sql<{ runs: number; size: number }>`
    update chunks set runs = runs + 1 where id = ${chunkId}::uuid returning runs, size
  `.execute(db);
  return begun.rows[0] ?? null;
}

/** Forgets a chunk of which each enrollment has moved on. */
export async function endChunk(db: Db, chunkId: string): Promise<void> {
  await db.deleteFrom("chunks").where("id", "=", chunkId).execute();
}

/** Forgets chunks that have nothing in hand any more. @param which a condition on `chunks` */
export async function forgetChunks(db: Db, which: RawBuilder<unknown>): Promise<void> {
  await sql`
    delete from chunks where ${which} and not exists (
      select from unnest(enrollments) as u(id) join enrollments e on e.id = u.id
      where e.chunk_id = chunks.id)
  `.execute(db);
}

/** How many enrollments chunks were made of that are not over yet. */
export async function countInHand(db: Db): Promise<number> {
  const counted = await sql<{ count: number }>`
    select coalesce(sum(size), 0)::integer as count from chunks`.execute(db);
  return counted.rows[0]?.count ?? 0;
}

/**
 * Whether a chunk is not over, or anything is due and not parked: what another transaction has locked at
 * this moment is not claimed, but will be.
 * @param now epoch ms
 */
export async function hasWork(db: Db, now: number): Promise<boolean> {
  const found = await sql<{ found: boolean }>`
    select exists (select from chunks) or exists (
      select from enrollments
      where state = 'active' and chunk_id is null and parked_by is null
        and next_due_at <= ${iso(now)}::timestamptz) as found
  `.execute(db);
  return found.rows[0]?.found === true;
}
