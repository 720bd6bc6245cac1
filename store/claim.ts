import { sql, type Transaction } from "kysely";
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
export async function claimDue(
  trx: Transaction<Schema>,
  chunkId: string,
  limit: number,
  now: number,
): Promise<number> {
  const claimed = await sql`
    with due as (
      select id from enrollments
      where state = 'active' and chunk_id is null and parked_by is null
        and next_due_at <= ${iso(now)}::timestamptz and strandings <= ${sql.lit(POISON_STRANDINGS)} and not stale
      order by next_due_at
      limit ${limit}
      for update skip locked
    )
    update enrollments e set chunk_id = ${chunkId}::uuid from due where e.id = due.id
  `.execute(trx);
  return Number(claimed.numAffectedRows ?? 0n);
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
  const claimed = await sql`
    with due as (
      select id from enrollments
      where state = 'active' and chunk_id is null and parked_by is null
        and next_due_at <= ${iso(now)}::timestamptz and strandings > ${sql.lit(POISON_STRANDINGS)} and not stale
      order by next_due_at
      limit 1
      for update skip locked
    )
    update enrollments e set chunk_id = ${chunkId}::uuid from due where e.id = due.id
  `.execute(trx);
  return Number(claimed.numAffectedRows ?? 0n) > 0;
}

/** How many enrollments are in hand of chunks, counted up to `most`. */
export async function countInHand(db: Db, most: number): Promise<number> {
  const counted = await sql<{ count: number }>`
    select count(*)::integer as count
    from (select from enrollments where chunk_id is not null limit ${most}) in_hand
  `.execute(db);
  return counted.rows[0]?.count ?? 0;
}

/**
 * Whether anything is in a chunk's hand, or due and not parked: what another transaction has locked at
 * this moment is not claimed, but will be.
 * @param now epoch ms
 */
export async function hasWork(db: Db, now: number): Promise<boolean> {
  const found = await sql<{ found: boolean }>`
    select exists (select from enrollments where chunk_id is not null) or exists (
      select from enrollments
      where state = 'active' and chunk_id is null and parked_by is null
        and next_due_at <= ${iso(now)}::timestamptz) as found
  `.execute(db);
  return found.rows[0]?.found === true;
}
