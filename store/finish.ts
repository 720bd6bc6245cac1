import { sql, type RawBuilder } from "kysely";
import type { Channel } from "../core/language/document.ts";
import type { ChunkRun } from "./claim.ts";
import type { Db } from "./database.ts";
import type { WantedDraft } from "./drafts.ts";
import { iso, type Placement } from "./placement.ts";
import { prepared } from "./prepared.ts";
import { recordset } from "./recordset.ts";
import type { MessageState } from "./schema.ts";

/** Where an enrollment goes once a chunk is done with it. */
export type Landing = Omit<Placement, "state"> & {
  readonly state: Placement["state"] | "exited";
};

/** What the provider's answer makes of a message that was `sending`. */
export interface SendOutcome {
  readonly id: string;
  readonly state: Extract<MessageState, "sent" | "failed" | "unknown" | "pending">;
  readonly provider_id: string | null;
  readonly error_code: string | null;
  readonly error: string | null;
  /** Epoch ms. */
  readonly sent_at: number | null;
  /**
   * Told with the message's id, channel and inbox once the outcome is recorded, whatever became of the
   * enrollment meanwhile. That it was sent is told by the message itself.
   */
  readonly told: { readonly type: string; readonly data: object } | null;
}

/** A step that ended without a send: what is recorded in its place. */
export interface Unsent {
  readonly id: string;
  readonly step: string;
  readonly attempt: number;
  readonly state: "skipped" | "failed";
  readonly reason: string;
  readonly channel: Channel | null;
  readonly error_code: string | null;
}

/** A row of an enrollment's history. */
export interface HistoryEvent {
  readonly type: string;
  readonly step: string | null;
  readonly data: object;
}

/** One enrollment's end in a chunk. */
export interface Finish {
  readonly enrollment_id: string;
  readonly from_step: string;
  readonly from_attempt: number;
  readonly outcome: SendOutcome | null;
  readonly landing: Landing;
  readonly unsent: readonly Unsent[];
  /** A text that a model is to write before the step is sent. */
  readonly draft?: WantedDraft;
  /** Told once the enrollment has moved. */
  readonly events: readonly HistoryEvent[];
}

/** The enrollments that moved on, and whether the data of any changed while it was in hand. */
export interface Moved {
  readonly ids: readonly string[];
  readonly areStale: boolean;
}

export const NOBODY_MOVED: Moved = { ids: [], areStale: false };

/**
 * Ends a wave, or a batch of moves without a send, in one statement: results of messages, unsent
 * steps, enrollments to where they go next, history.
 *
 * A result is taken from `sending`, and from `unknown` too: a late finish settles what a redelivery had
 * to leave open. An enrollment moves only from the very step and attempt that was decided on; or from a
 * later attempt that nobody has in hand, when this one turns out to have been sent after all. A pause
 * that came meanwhile stays, at the new place or over its hold, unless nothing is left to do; an exit
 * has taken the row out of the chunk, so that only the message's result is kept.
 * @param now epoch ms
 */
export async function finishWave(
  db: Db,
  run: ChunkRun,
  finishes: readonly Finish[],
  now: number,
): Promise<Moved> {
  if (finishes.length === 0) return NOBODY_MOVED;
  const { rows } = await sql<EndedRow>`${prepared}
    with ${finishing(run, finishes, now)}
    select * from ended
  `.execute(db);
  return movedOf(rows[0]!);
}

/** What `ended` says. As one row: to read a row costs the driver more than an id in a text. */
export interface EndedRow {
  readonly ids: string | null;
  readonly stale: boolean | null;
}

export function movedOf({ ids, stale }: EndedRow): Moved {
  return ids === null ? NOBODY_MOVED : { ids: ids.split(" "), areStale: stale === true };
}

/** The parts of a statement that end a wave; `ended` is what came of it. */
export function finishing(
  run: ChunkRun,
  finishes: readonly Finish[],
  now: number,
): RawBuilder<unknown> {
  const at = iso(now);
  const hasUnsent = finishes.some(({ unsent }) => unsent.length > 0);
  const hasTold = finishes.some(({ outcome, events }) => outcome?.told || events.length > 0);
  const exits = finishes.some(({ landing }) => landing.state === "exited");
  const drafts = finishes.some(({ draft }) => draft !== undefined);
  return sql`
    given as (
      select * from ${asRows(finishes)} f
    ), results as (
      update messages m set
        state = g.outcome, provider_id = g.provider_id, error_code = g.error_code, error = g.error,
        sent_at = g.sent_at, updated_at = ${at}::timestamptz,
        history_id = case when g.outcome = 'sent' then nextval('history_id_seq') end
      from given g
      where m.id = g.message and m.chunk_id = ${run.chunkId}::uuid and m.run = ${run.number}::integer
        and m.state in ('sending', 'unknown')
      returning m.id, m.enrollment_id, m.step_id, m.channel, m.inbox_id, m.history_id
    ), to_tell as (
      insert into outgoing_sent (id, messages)
      select min(history_id), array_agg(id) from results
      where history_id is not null and exists (select from outgoing_cursor)
      having count(*) > 0
    ), moved as (
      update enrollments e set
        state = case when e.state = 'paused' and g.state in ('active', 'held') then 'paused'
          else g.state end,
        reason = g.reason, step_id = g.step_id, base_at = g.base_at, next_due_at = g.next_due_at,
        expires_at = g.expires_at, attempt = g.attempt,
        failed_channels = coalesce(string_to_array(g.failed_channels, ' '), '{}'),
        ended_at = g.ended_at, chunk_id = null, strandings = 0, updated_at = ${at}::timestamptz
      from given g
      where e.id = g.enrollment_id and e.step_id = g.from_step
        and case
          when e.attempt > g.from_attempt then g.outcome = 'sent'
            and e.chunk_id is null and e.state in ('active', 'paused', 'held')
          when e.attempt < g.from_attempt then false
          when e.chunk_id is null then e.state in ('paused', 'held') and e.reason = ${UNKNOWN}
          else e.chunk_id = ${run.chunkId}::uuid and e.state in ('active', 'paused') end
        and (g.message is null or exists (select from results where results.enrollment_id = e.id))
      returning e.id, e.stale
    )
    ${hasTold ? tell(at) : sql``}
    ${hasUnsent ? passOver(at) : sql``}
    ${exits ? dropPending(at) : sql``}
    ${drafts ? wantDrafts(at) : sql``}
    , ended as (
      select string_agg(id::text, ' ') as ids, bool_or(stale) as stale from moved
    )`;
}

const asRows = recordset<Finish>({
  enrollment_id: ["uuid", (finish) => finish.enrollment_id],
  from_step: ["text", (finish) => finish.from_step],
  from_attempt: ["integer", (finish) => finish.from_attempt],
  message: ["uuid", ({ outcome }) => outcome?.id],
  outcome: ["text", ({ outcome }) => outcome?.state],
  provider_id: ["text", ({ outcome }) => outcome?.provider_id],
  error_code: ["text", ({ outcome }) => outcome?.error_code],
  error: ["text", ({ outcome }) => outcome?.error],
  sent_at: ["instant", ({ outcome }) => outcome?.sent_at],
  told: ["text", ({ outcome }) => outcome?.told?.type],
  told_data: ["json", ({ outcome }) => outcome?.told?.data],
  state: ["text", ({ landing }) => landing.state],
  reason: ["text", ({ landing }) => landing.reason],
  step_id: ["text", ({ landing }) => landing.step_id],
  base_at: ["instant", ({ landing }) => landing.base_at],
  next_due_at: ["instant", ({ landing }) => landing.next_due_at],
  expires_at: ["instant", ({ landing }) => landing.expires_at],
  attempt: ["integer", ({ landing }) => landing.attempt],
  failed_channels: ["text", ({ landing }) => nonEmpty(landing.failed_channels)?.join(" ")],
  ended_at: ["instant", ({ landing }) => landing.ended_at],
  unsent: ["json", ({ unsent }) => nonEmpty(unsent)],
  events: ["json", ({ events }) => nonEmpty(events)],
  draft: ["json", ({ draft }) => draft],
});

function nonEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** What became of a message, then what became of its enrollment if it moved. */
function tell(at: string) {
  return sql`, told as (
    insert into history (enrollment_id, at, type, step_id, data)
    select enrollment_id, ${at}::timestamptz, type, step_id, data
    from (
      select m.enrollment_id, 0 as rank, g.told as type, m.step_id,
        jsonb_build_object('message', m.id, 'channel', m.channel, 'inbox', m.inbox_id) || g.told_data as data
      from results m join given g using (enrollment_id) where g.told is not null
      union all
      select g.enrollment_id, ev.rank, ev.event ->> 'type', ev.event ->> 'step', ev.event -> 'data'
      from moved join given g on g.enrollment_id = moved.id,
        jsonb_array_elements(g.events) with ordinality as ev(event, rank)
    ) happened order by enrollment_id, rank
  )`;
}

/** The steps that end without a send. */
function passOver(at: string) {
  return sql`, passed as (
    insert into messages as m (id, enrollment_id, step_id, attempt, state, channel, reason, error_code,
      due_at, created_at, updated_at)
    select (u ->> 'id')::uuid, g.enrollment_id, u ->> 'step', (u ->> 'attempt')::integer,
      u ->> 'state', u ->> 'channel', u ->> 'reason', u ->> 'error_code', ${at}::timestamptz,
      ${at}::timestamptz, ${at}::timestamptz
    from moved join given g on g.enrollment_id = moved.id, jsonb_array_elements(g.unsent) u
    on conflict (enrollment_id, step_id, attempt) do update set
      state = excluded.state, reason = excluded.reason, error_code = excluded.error_code,
      updated_at = excluded.updated_at
    where m.state in ('pending', 'awaiting_approval')
  )`;
}

/** One a step: a draft that was asked for already stays as it is. */
function wantDrafts(at: string) {
  return sql`, drafted as (
    insert into drafts (id, enrollment_id, step_id, attempt, state, compose, channel, inbox_id, address,
      static_subject, static_body, due_at, expires_at, created_at)
    select d.id, g.enrollment_id, d.step_id, d.attempt, 'wanted', d.compose, d.channel, d.inbox_id,
      d.address, d.static_subject, d.static_body, d.due_at, d.expires_at, ${at}::timestamptz
    from moved join given g on g.enrollment_id = moved.id, jsonb_to_record(g.draft) as d(
      id uuid, step_id text, attempt integer, compose text, channel text, inbox_id text, address text,
      static_subject text, static_body text, due_at timestamptz, expires_at timestamptz)
    where g.draft is not null
    on conflict (enrollment_id, step_id) do nothing
  )`;
}

/** Why an enrollment is held whose send may or may not have happened. */
export const UNKNOWN = "unknown: the last message may or may not have been sent";

/**
 * A send that was put off, and whose enrollment exits without a record of it. A part of the statement only
 * where it is needed: it looks at every message of those that moved.
 */
function dropPending(at: string) {
  return sql`, dropped as (
    update messages m set state = 'skipped', reason = 'exited', updated_at = ${at}::timestamptz
    from moved join given g on g.enrollment_id = moved.id
    where g.state = 'exited' and m.enrollment_id = moved.id
      and m.state in ('pending', 'awaiting_approval')
      and not exists (
        select from jsonb_array_elements(g.unsent) u
        where u ->> 'step' = m.step_id and (u ->> 'attempt')::integer = m.attempt)
  )`;
}
