import { sql, type Kysely } from "kysely";
import type { Db } from "./database.ts";
import { iso } from "./placement.ts";
import type { Schema } from "./schema.ts";

/**
 * Gives back what a run did not send: rows return to waiting, and what a halt covers is parked under
 * it, out of the due index. A row that another run of the chunk is sending stays with it. The share
 * lock on the halt makes whoever lifts it wait, and so see everything that was parked under it.
 * @param scopes the halts that can cover each enrollment, where its inbox was known
 * @param now epoch ms
 * @returns how many were given back
 */
export async function releaseChunk(
  db: Db,
  run: { readonly chunkId: string; readonly runId: string },
  scopes: ReadonlyMap<string, readonly string[]>,
  now: number,
): Promise<number> {
  const at = iso(now);
  const given = [...scopes].map(([id, list]) => ({ id, scopes: list }));
  const released = await sql<{ id: string }>`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as r(id uuid, scopes jsonb)
    ), halted as (
      select scope from halts order by scope for share
    ), covered as (
      select g.id, min(h.scope) as scope from given g join halted h on g.scopes ? h.scope group by g.id
    ), released as (
      update enrollments e set
        chunk_id = null, parked_by = (select scope from covered where covered.id = e.id),
        updated_at = ${at}::timestamptz
      where e.chunk_id = ${run.chunkId}::uuid and not exists (
        select from messages m
        where m.enrollment_id = e.id and m.chunk_id = e.chunk_id and m.state = 'sending')
      returning e.id, e.step_id, e.parked_by
    ), told as (
      insert into history (enrollment_id, at, type, step_id, data)
      select id, ${at}::timestamptz, 'halted', step_id, jsonb_build_object('scope', parked_by)
      from released where parked_by is not null
    )
    select id from released
  `.execute(db);
  return released.rows.length;
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
