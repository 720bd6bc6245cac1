import { sql, type RawBuilder } from "kysely";
import { forgetChunks, inHandOf, type ChunkRun } from "./claim.ts";
import type { Db } from "./database.ts";
import { UNKNOWN } from "./finish.ts";
import { iso } from "./placement.ts";

/** A row that was in hand of more lost chunks than this, the last ones its own, is given up. */
const HOPELESS_STRANDINGS = 5;
const HOPELESS = "error: the server failed again and again with it in hand";

/**
 * Settles what an earlier run of this chunk left behind: its messages still `sending` become `unknown`
 * and their enrollments are held (or tried again, where the inbox says `on_unknown: resend`). The rest
 * of the chunk stays in hand.
 * @param now epoch ms
 * @returns how many enrollments were recovered
 */
export function recoverRedelivered(db: Db, run: ChunkRun, now: number): Promise<number> {
  const lost = sql`
    select e.id, e.chunk_id, e.step_id, e.state, e.strandings
    from ${inHandOf(sql`id = ${run.chunkId}::uuid`)}
    where exists (
      select from messages m
      where m.enrollment_id = e.id and m.chunk_id = e.chunk_id and m.state = 'sending'
        and m.run is distinct from ${run.number}::integer)
    order by e.id for update of e`;
  return recover(db, lost, now);
}

/**
 * Takes back what is in hand of chunks whose job is gone: exhausted, expired, deleted, or never
 * inserted. Rows return to waiting; where a send had begun it becomes `unknown` as above. A row that
 * this happens to over and over is held: whatever it does to its runner must not go on for ever.
 * @param queue pg-boss's queue of chunks
 * @param now epoch ms
 * @returns how many enrollments were recovered
 */
export async function recoverStranded(db: Db, queue: string, now: number): Promise<number> {
  const isLost = sql`not exists (
    select from pgboss.job j
    where j.name = ${queue} and j.id = chunks.id and j.state in ('created', 'retry', 'active'))`;
  const lost = sql`
    select e.id, e.chunk_id, e.step_id, e.state, e.strandings from ${inHandOf(isLost)}
    order by e.id limit ${sql.lit(RECOVERED_AT_ONCE)} for update of e skip locked`;
  const recovered = await recover(db, lost, now);
  await forgetChunks(db, isLost);
  return recovered;
}

/** A lost chunk has 500 rows; a lost process a few chunks. */
export const RECOVERED_AT_ONCE = 1000;

async function recover(db: Db, lost: RawBuilder<unknown>, now: number): Promise<number> {
  const at = iso(now);
  const recovered = await sql<{ id: string }>`
    with lost as materialized (${lost}), begun as (
      update messages m set state = 'unknown', updated_at = ${at}::timestamptz
      from lost
      where m.enrollment_id = lost.id and m.chunk_id = lost.chunk_id and m.state = 'sending'
      returning m.id, m.enrollment_id, m.step_id, m.inbox_id
    ), judged as (
      select lost.id, begun.id as message_id, lost.step_id, judgement.resend,
        case
          when begun.id is not null and not judgement.resend then ${UNKNOWN}
          when lost.state = 'active' and lost.strandings >= ${sql.lit(HOPELESS_STRANDINGS)} then ${HOPELESS}
        end as held_for
      from lost left join begun on begun.enrollment_id = lost.id
        left join inboxes i on i.id = begun.inbox_id,
        lateral (select begun.id is not null and i.inbox ->> 'on_unknown' = 'resend') as judgement(resend)
    ), freed as (
      update enrollments e set
        chunk_id = null,
        strandings = e.strandings + 1,
        state = case when j.held_for is null or e.state = 'paused' then e.state else 'held' end,
        next_due_at = case when j.held_for is null then e.next_due_at end,
        expires_at = case when j.held_for is null then e.expires_at end,
        reason = coalesce(j.held_for, e.reason),
        attempt = case when j.resend then e.attempt + 1 else e.attempt end,
        updated_at = ${at}::timestamptz
      from judged j
      where e.id = j.id
      returning e.id
    ), told as (
      insert into history (enrollment_id, at, type, step_id, data)
      select id, ${at}::timestamptz, case when message_id is null then 'held' else 'unknown' end, step_id,
        jsonb_strip_nulls(case when message_id is null then jsonb_build_object('reason', held_for)
          else jsonb_build_object('message', message_id, 'resend', resend) end)
      from judged where message_id is not null or held_for is not null
    )
    select id from freed
  `.execute(db);
  return recovered.rows.length;
}
