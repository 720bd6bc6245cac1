import { sql, type Kysely } from "kysely";
import { forgetChunks, inHandOf } from "./claim.ts";
import type { Db } from "./database.ts";
import { iso } from "./placement.ts";
import type { Schema } from "./schema.ts";

/** An enrollment of a chunk that is over. */
interface Leftover {
  readonly id: string;
  /** The halts that can cover it, its inbox's where that was known. */
  readonly scopes: readonly string[];
  /** It was to be sent, and the fence did not let it through. */
  readonly refused: boolean;
}

/** Enrollments that were refused though nothing keeps them back any more, and that changed meanwhile. */
export interface Released {
  readonly bounced: number;
  readonly stale: number;
}

/** How long a refused row that nothing visible keeps back waits, so that it cannot spin. */
const REFUSED_PAUSE_MS = 5_000;

/**
 * Gives back what a run did not send: rows return to waiting, and what a halt covers is parked under
 * it, out of the due table. A row that another run of the chunk is sending stays with it. The share
 * lock on the halt makes whoever lifts it wait, and so see everything that was parked under it.
 * @param now epoch ms
 */
export async function releaseChunk(
  db: Db,
  run: { readonly chunkId: string },
  leftovers: readonly Leftover[],
  now: number,
): Promise<Released> {
  const at = iso(now);
  const released = await sql<{ bounced: boolean; stale: boolean }>`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(leftovers)}::jsonb)
        as r(id uuid, scopes jsonb, refused boolean)
    ), halted as (
      select scope from halts order by scope for share
    ), covered as (
      select g.id, bool_or(g.refused) as refused, min(h.scope) as scope
      from given g left join halted h on g.scopes ? h.scope group by g.id
    ), released as (
      update enrollments e set
        chunk_id = null, parked_by = c.scope, updated_at = ${at}::timestamptz,
        next_due_at = case when c.refused and c.scope is null and e.state = 'active' and not e.stale
          then ${iso(now + REFUSED_PAUSE_MS)}::timestamptz else e.next_due_at end
      from (select h.id, covered.refused, covered.scope
        from (select e.id from ${inHandOf(sql`id = ${run.chunkId}::uuid`)}) h
          left join covered on covered.id = h.id) c
      where e.id = c.id and e.chunk_id = ${run.chunkId}::uuid and not exists (
        select from messages m
        where m.enrollment_id = e.id and m.chunk_id = e.chunk_id and m.state = 'sending')
      returning e.id, e.step_id, e.parked_by, e.stale,
        c.refused and c.scope is null and e.state = 'active' and not e.stale as bounced
    ), told as (
      insert into history (enrollment_id, at, type, step_id, data)
      select id, ${at}::timestamptz, 'halted', step_id, jsonb_build_object('scope', parked_by)
      from released where parked_by is not null
    )
    select coalesce(bounced, false) as bounced, stale from released
  `.execute(db);
  await forgetChunks(db, sql`id = ${run.chunkId}::uuid`);
  const count = (is: "bounced" | "stale") => released.rows.filter((row) => row[is]).length;
  return { bounced: count("bounced"), stale: count("stale") };
}

/**
 * Takes enrollments whose data changed while a chunk had them in hand, for another look.
 */
export async function takeStale(db: Kysely<Schema>, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update enrollments set stale = false
    where id in (
      select id from enrollments where stale and chunk_id is null limit ${limit} for update skip locked)
    returning id
  `.execute(db);
  return rows.map((row) => row.id);
}
