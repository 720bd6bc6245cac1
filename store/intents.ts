import { sql, type RawBuilder } from "kysely";
import type { Channel } from "../core/language/document.ts";
import type { ChunkRun } from "./claim.ts";
import type { Db } from "./database.ts";
import { storedReason } from "./message-reason.ts";
import { iso } from "./placement.ts";
import { prepared } from "./prepared.ts";
import { recordset } from "./recordset.ts";
import type { SentTemplate } from "./schema.ts";
import { supersededBy } from "./superseded.ts";

/** One message about to be sent. */
export interface Intent {
  readonly id: string;
  readonly enrollment_id: string;
  readonly step_id: string;
  readonly attempt: number;
  readonly channel: Channel;
  readonly inbox_id: string;
  readonly address: string;
  readonly conversation_id: string | null;
  readonly reason: string;
  readonly subject: string | null;
  readonly body: string;
  readonly html: string | null;
  /** The HTML is what `htmlOf` makes of the body, and need not be stored. */
  readonly simple_html: boolean;
  readonly template: SentTemplate | null;
  /** Epoch ms. */
  readonly due_at: number;
  /** Halts that would stop it. */
  readonly scopes: readonly string[];
  /** Suppression purposes that would stop it. */
  readonly purposes: readonly string[];
}

const asRows = recordset<Intent>({
  id: ["uuid", (intent) => intent.id],
  enrollment_id: ["uuid", (intent) => intent.enrollment_id],
  step_id: ["text", (intent) => intent.step_id],
  attempt: ["integer", (intent) => intent.attempt],
  channel: ["text", (intent) => intent.channel],
  inbox_id: ["text", (intent) => intent.inbox_id],
  address: ["text", (intent) => intent.address],
  conversation_id: ["text", (intent) => intent.conversation_id],
  reason: ["text", ({ reason, channel }) => storedReason(reason, channel)],
  subject: ["text", (intent) => intent.subject],
  body: ["text", (intent) => intent.body],
  html: ["text", (intent) => (intent.simple_html ? null : intent.html)],
  simple_html: ["boolean", (intent) => intent.simple_html],
  template: ["json", (intent) => intent.template],
  due_at: ["instant", (intent) => intent.due_at],
  scopes: ["text", (intent) => intent.scopes.join(" ")],
  purposes: ["text", (intent) => intent.purposes.join(" ")],
});

/** In no scope and no purpose. */
const BETWEEN = sql.lit(" ");

/**
 * Opens a wave: records the messages as `sending`, and only what may still be sent. The row lock is
 * what keeps a pause, an exit or a change of data from slipping in between this look and the send; a halt
 * or an opt-out committed before this statement is seen by it. A row that another run of the chunk has
 * opened stays that run's; one that this run opened itself (its acknowledgement was lost) or that was
 * snoozed is opened again. Not by `on conflict`, which would log each row twice.
 * @throws Superseded when another run opened a row while this waited for it
 * @param now epoch ms
 * @returns the messages to send: enrollment id → message id
 */
export async function openIntents(
  db: Db,
  run: ChunkRun,
  intents: readonly Intent[],
  now: number,
): Promise<ReadonlyMap<string, string>> {
  if (intents.length === 0) return new Map();
  const { rows } = await sql<OpenedRow>`${prepared}
    with ${opening(run, intents, now)}
    select * from sending
  `
    .execute(db)
    .catch(supersededByIntent);
  return openedOf(rows[0]!);
}

/** What `sending` says. As one row: to read a row costs the driver more than two ids in a text. */
export interface OpenedRow {
  readonly enrollments: string | null;
  readonly messages: string | null;
}

/** @returns enrollment id → message id */
export function openedOf({ enrollments, messages }: OpenedRow): ReadonlyMap<string, string> {
  const ids = messages?.split(" ") ?? [];
  return new Map(enrollments?.split(" ").map((enrollment, index) => [enrollment, ids[index]!]));
}

export const supersededByIntent = supersededBy("messages_enrollment_id_step_id_attempt_key");

/** The parts of a statement that open a wave; `sending` is what came of it. */
export function opening(
  run: ChunkRun,
  intents: readonly Intent[],
  now: number,
): RawBuilder<unknown> {
  const at = iso(now);
  return sql`
    wanted as (
      select * from ${asRows(intents)} i
    ), fenced as (
      select e.id
      from enrollments e join wanted w on w.enrollment_id = e.id
      where e.state = 'active' and e.chunk_id = ${run.chunkId}::uuid
        and e.step_id = w.step_id and e.attempt = w.attempt and not e.stale
        and not exists (select from halts h where h.scope = any(string_to_array(w.scopes, ${BETWEEN})))
        and not exists (
          select from suppressions s
          where s.channel = w.channel and s.purpose = any(string_to_array(w.purposes, ${BETWEEN}))
            and s.address = case w.channel when 'email' then lower(w.address) else w.address end)
      order by e.id
      for no key update of e
    ), known as (
      select m.id, m.enrollment_id
      from wanted w join fenced f on f.id = w.enrollment_id
        join messages m on m.enrollment_id = w.enrollment_id and m.step_id = w.step_id
          and m.attempt = w.attempt
    ), opened as (
      insert into messages (id, enrollment_id, step_id, attempt, chunk_id, run, state, channel,
        inbox_id, address, conversation_id, reason, subject, body, html, simple_html, template, due_at,
        created_at, updated_at)
      select w.id, w.enrollment_id, w.step_id, w.attempt, ${run.chunkId}::uuid, ${run.number}::integer,
        'sending', w.channel, w.inbox_id, w.address, w.conversation_id, w.reason, w.subject, w.body,
        w.html, w.simple_html, w.template, w.due_at, ${at}::timestamptz, ${at}::timestamptz
      from wanted w join fenced f on f.id = w.enrollment_id
      where not exists (select from known where known.enrollment_id = f.id)
      returning id, enrollment_id
    ), reopened as (
      update messages m set
        chunk_id = ${run.chunkId}::uuid, run = ${run.number}::integer, state = 'sending',
        channel = w.channel, inbox_id = w.inbox_id, address = w.address,
        conversation_id = w.conversation_id, reason = w.reason, subject = w.subject, body = w.body,
        html = w.html, simple_html = w.simple_html, template = w.template, updated_at = ${at}::timestamptz
      from known k join wanted w on w.enrollment_id = k.enrollment_id
      where m.id = k.id
        and (m.state = 'pending' or (m.state = 'sending'
          and m.chunk_id = ${run.chunkId}::uuid and m.run = ${run.number}::integer))
      returning m.id, m.enrollment_id
    ), sending as (
      select string_agg(enrollment_id::text, ' ') as enrollments, string_agg(id::text, ' ') as messages
      from (select * from opened union all select * from reopened) sent
    )`;
}

/** The halts that cover an enrollment's sends; by one inbox, where it is known. */
export function haltScopes(
  enrollment: { readonly sequence_id: string; readonly version: number },
  inbox?: string,
): string[] {
  const { sequence_id: sequence, version } = enrollment;
  const scopes = ["all", `sequence:${sequence}`, `sequence:${sequence}@${version}`];
  return inbox === undefined ? scopes : [...scopes, `inbox:${inbox}`];
}
