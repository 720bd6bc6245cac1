import { sql, type Kysely } from "kysely";
import { iso } from "./placement.ts";
import type { Schema } from "./schema.ts";

interface Halt {
  /** `all`, `sequence:<id>`, `sequence:<id>@<n>` or `inbox:<id>` */
  readonly scope: string;
  readonly created_at: Date;
  readonly created_by: string;
}

/**
 * Halts a scope. The row alone stops its sends: whoever claims or sends looks here, and parks what it
 * keeps back, so a halt costs the same for ten enrollments and for ten million.
 * @param now epoch ms
 */
export async function addHalt(
  db: Kysely<Schema>,
  scope: string,
  by: string,
  now: number,
): Promise<{ readonly halt: Halt; readonly created: boolean }> {
  const inserted = await db
    .insertInto("halts")
    .values({ scope, created_at: iso(now), created_by: by })
    .onConflict((conflict) => conflict.column("scope").doNothing())
    .returningAll()
    .executeTakeFirst();
  if (inserted !== undefined) return { halt: inserted, created: true };
  const halt = await db
    .selectFrom("halts")
    .selectAll()
    .where("scope", "=", scope)
    .executeTakeFirst();
  // Lifted between the two statements: try again.
  return halt === undefined ? addHalt(db, scope, by, now) : { halt, created: false };
}

/** Every halt, the oldest first. */
export function listHalts(db: Kysely<Schema>): Promise<Halt[]> {
  return db.selectFrom("halts").selectAll().orderBy("created_at").orderBy("scope").execute();
}

/**
 * Lifts a halt and unparks what it kept back, with history. What another halt covers too is parked
 * again by the next claim. Must run in a transaction.
 * @param now epoch ms
 * @returns null when there was no such halt, else how many enrollments it had parked
 */
export async function removeHalt(
  trx: Kysely<Schema>,
  scope: string,
  by: string,
  now: number,
): Promise<number | null> {
  // First the row, then the parked: a claim that parks holds a share lock on the row, so that
  // everything it parked is committed, and seen by the second statement, once the row is gone.
  const deleted = await trx.deleteFrom("halts").where("scope", "=", scope).executeTakeFirst();
  if (deleted.numDeletedRows === 0n) return null;
  const unparked = await sql<{ id: string }>`
    with unparked as (
      update enrollments set parked_by = null, updated_at = ${iso(now)}::timestamptz
      where parked_by = ${scope}
      returning id, step_id
    ), told as (
      insert into history (enrollment_id, at, type, step_id, data)
      select id, ${iso(now)}::timestamptz, 'unhalted', step_id,
        ${JSON.stringify({ scope, by })}::jsonb
      from unparked
    )
    select id from unparked
  `.execute(trx);
  return unparked.rows.length;
}

/** Every inbox that can be halted, gone ones too: versions may still name them. */
export async function listInboxIds(db: Kysely<Schema>): Promise<string[]> {
  const rows = await db.selectFrom("inboxes").select("id").orderBy("id").execute();
  return rows.map((row) => row.id);
}
