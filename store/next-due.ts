import { sql, type RawBuilder } from "kysely";
import type { Db } from "./database.ts";
import { iso } from "./placement.ts";

/**
 * An instant to compare due times with that PostgreSQL finds out only when it runs the statement. Told before,
 * it plans anew each time, by an estimate for which it walks over the dead entries at the front of the index,
 * and with what it expects the plan changes.
 * @param at epoch ms
 */
export function instantUnseen(at: number): RawBuilder<Date> {
  return sql<Date>`(select ${iso(at)}::timestamptz)`;
}

/**
 * When the next enrollment comes due that is not due yet, in epoch ms; null where none is within the time.
 * @param now epoch ms
 * @param withinMs how far to look
 */
export async function nextDueWithin(db: Db, withinMs: number, now: number): Promise<number | null> {
  const found = await sql<{ at: Date }>`
    select at from due
    where at > ${instantUnseen(now)} and at <= ${instantUnseen(now + withinMs)}
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
    select from due where at <= ${instantUnseen(now)} order by at limit 1
  `.execute(db);
  return found.rows.length > 0;
}
