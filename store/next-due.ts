import { sql } from "kysely";
import type { Db } from "./database.ts";
import { iso } from "./placement.ts";

/**
 * When the next enrollment comes due that is not due yet, in epoch ms; null where none is within the time.
 * @param now epoch ms
 * @param withinMs how far to look
 */
export async function nextDueWithin(db: Db, withinMs: number, now: number): Promise<number | null> {
  const found = await sql<{ at: Date }>`
    select at from due
    where at > ${iso(now)}::timestamptz and at <= ${iso(now + withinMs)}::timestamptz
    order by at limit 1
  `.execute(db);
  return found.rows[0]?.at.getTime() ?? null;
}

/**
 * Whether a dispatcher would find something to claim: one look-up, where to claim nothing takes several
 * statements.
 * @param now epoch ms
 */
export async function isAnythingDue(db: Db, now: number): Promise<boolean> {
  const found = await sql`
    select from due where at <= ${iso(now)}::timestamptz order by at limit 1
  `.execute(db);
  return found.rows.length > 0;
}
