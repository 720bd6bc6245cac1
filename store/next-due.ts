import { sql } from "kysely";
import type { Db } from "./database.ts";
import { iso } from "./placement.ts";

/**
 * When the next enrollment comes due that is not due yet, in epoch ms; null where none is within the time.
 * @param now epoch ms
 * @param withinMs how far to look
 */
export async function nextDueWithin(db: Db, withinMs: number, now: number): Promise<number | null> {
  const found = await sql<{ next_due_at: Date }>`
    select next_due_at from enrollments
    where state = 'active' and parked_by is null and chunk_id is null
      and next_due_at > ${iso(now)}::timestamptz and next_due_at <= ${iso(now + withinMs)}::timestamptz
    order by next_due_at limit 1
  `.execute(db);
  return found.rows[0]?.next_due_at.getTime() ?? null;
}

/**
 * Whether a dispatcher would find something to claim: one look-up, where to claim nothing takes several
 * statements.
 * @param now epoch ms
 */
export async function isAnythingDue(db: Db, now: number): Promise<boolean> {
  const found = await sql`
    select from enrollments
    where state = 'active' and parked_by is null and chunk_id is null and not stale
      and next_due_at <= ${iso(now)}::timestamptz
    order by next_due_at limit 1
  `.execute(db);
  return found.rows.length > 0;
}
