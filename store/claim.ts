import { sql, type RawBuilder, type Transaction } from "kysely";
import type { Db } from "./database.ts";
import { instantUnseen } from "./next-due.ts";
import { iso } from "./placement.ts";
import { prepared } from "./prepared.ts";
import type { Schema } from "./schema.ts";

/** A row that was in hand of more lost chunks than this gets a chunk of its own. */
const POISON_STRANDINGS = 2;

/**
 * Claims enrollments that are due for one chunk, the longest overdue first. Rows that another
 * dispatcher is claiming, or whose data is being changed, are passed over. Must share the transaction that
 * inserts the chunk's job.
 * @param limit how many at most; always the same, as PostgreSQL keeps a plan for each
 * @param now epoch ms
 * @returns how many were claimed
 */
export function claimDue(
  trx: Transaction<Schema>,
  chunkId: string,
  limit: number,
  now: number,
): Promise<number> {
  // The enrollment is locked, not its entry: whoever changes it locks in that order. An entry is only
  // where to look; what holds is the row itself, read anew once it is locked. Each is looked up for itself,
  // and none beyond the limit: a join may be planned as a scan of all enrollments once many are overdue, and a
  // sort that comes after the locks locks all of them.
  const longestDue = sql`
    select e.at from (
      select at, enrollment_id from due where at <= ${instantUnseen(now)} order by at
    ) d, lateral (
      select ctid as at from enrollments
      where id = d.enrollment_id and waits_until = d.at
        and strandings <= ${sql.lit(POISON_STRANDINGS)}
      for no key update skip locked
    ) e
    order by d.at
    limit ${sql.lit(limit)}`;
  return claim(trx, chunkId, longestDue);
}

/**
 * Claims one due row that chunks were lost with, alone, so that it can harm no other.
 * @param now epoch ms
 * @returns how many were claimed, one or none
 */
export function claimPoison(
  trx: Transaction<Schema>,
  chunkId: string,
  now: number,
): Promise<number> {
  const poison = sql`
    select e.ctid as at from enrollments e
    where e.strandings > ${sql.lit(POISON_STRANDINGS)} and e.waits_until <= ${iso(now)}::timestamptz
    order by e.waits_until
    limit 1
    for no key update of e skip locked`;
  return claim(trx, chunkId, poison);
}

/**
 * What is claimed leaves the due table; who is in a chunk's hand is found by the chunk's own list. The rows
 * are locked, so that where they lie is enough to find them again; one that changed between the statement's
 * beginning and its lock is left for the next look.
 */
async function claim(
  trx: Transaction<Schema>,
  chunkId: string,
  which: RawBuilder<unknown>,
): Promise<number> {
  const claimed = await sql<{ size: number }>`${prepared}
    with due_now as (${which}), claimed as (
      update enrollments e set chunk_id = ${chunkId}::uuid from due_now where e.ctid = due_now.at
      returning e.id
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

/** One execution of a chunk; a redelivered chunk is another run. */
export interface ChunkRun {
  readonly chunkId: string;
  /** How often the chunk has been begun, this time included. */
  readonly number: number;
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
  const begun = await sql<{ runs: number; size: number }>`${prepared}
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
      select from due where at <= ${instantUnseen(now)}) or exists (
      select from enrollments
      where stale and state = 'active' and parked_by is null
        and next_due_at <= ${iso(now)}::timestamptz) as found
  `.execute(db);
  return found.rows[0]?.found === true;
}
