import { sql, type RawBuilder } from "kysely";
import type { Db } from "./database.ts";
import { UNKNOWN } from "./finish.ts";
import { iso } from "./placement.ts";

/**
 * Settles what an earlier run of this chunk left behind: its messages still `sending` become `unknown`
 * and their enrollments are held (or tried again, where the inbox says `on_unknown: resend`). The rest
 * of the chunk stays in hand.
 * @param now epoch ms
 * @returns how many enrollments were recovered
 */
export function recoverRedelivered(
  db: Db,
  run: { readonly chunkId: string; readonly runId: string },
  now: number,
): Promise<number> {
  const lost = sql`
    select e.id, e.chunk_id from enrollments e
    where e.chunk_id = ${run.chunkId}::uuid and exists (
      select from messages m
      where m.enrollment_id = e.id and m.chunk_id = e.chunk_id and m.state = 'sending'
        and m.run_id <> ${run.runId}::uuid)
    order by e.id for update`;
  return recover(db, lost, now);
}

/**
 * Takes back what is in hand of chunks whose job is gone: exhausted, expired, deleted, or never
 * inserted. Rows return to waiting; where a send had begun it becomes `unknown` as above.
 * @param queue pg-boss's queue of chunks
 * @param now epoch ms
 * @returns how many enrollments were recovered
 */
export function recoverStranded(db: Db, queue: string, now: number): Promise<number> {
  const lost = sql`
    select e.id, e.chunk_id from enrollments e
    where e.chunk_id is not null and not exists (
      select from pgboss.job j
      where j.name = ${queue} and j.id = e.chunk_id and j.state in ('created', 'retry', 'active'))
    order by e.id limit 1000 for update skip locked`;
  return recover(db, lost, now);
}

async function recover(db: Db, lost: RawBuilder<unknown>, now: number): Promise<number> {
  const at = iso(now);
  const recovered = await sql<{ id: string }>`
    with lost as materialized (${lost}), begun as (
      update messages m set state = 'unknown', updated_at = ${at}::timestamptz
      from lost
      where m.enrollment_id = lost.id and m.chunk_id = lost.chunk_id and m.state = 'sending'
      returning m.id, m.enrollment_id, m.step_id, m.inbox_id
    ), judged as (
      select lost.id, begun.id as message_id, begun.step_id,
        coalesce(i.inbox ->> 'on_unknown', 'hold') = 'resend' as resend
      from lost left join begun on begun.enrollment_id = lost.id left join inboxes i on i.id = begun.inbox_id
    ), freed as (
      update enrollments e set
        chunk_id = null,
        strandings = e.strandings + 1,
        state = case when j.message_id is not null and not j.resend then 'held' else e.state end,
        reason = case when j.message_id is not null and not j.resend then ${UNKNOWN} else e.reason end,
        attempt = case when j.message_id is not null and j.resend then e.attempt + 1 else e.attempt end,
        updated_at = ${at}::timestamptz
      from judged j
      where e.id = j.id
      returning e.id
    ), told as (
      insert into history (enrollment_id, at, type, step_id, data)
      select id, ${at}::timestamptz, 'unknown', step_id,
        jsonb_build_object('message', message_id, 'resend', resend)
      from judged where message_id is not null
    )
    select id from freed
  `.execute(db);
  return recovered.rows.length;
}
