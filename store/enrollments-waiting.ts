import { sql, type Kysely } from "kysely";
import type { Channel, TargetType } from "../core/language/document.ts";
import type { Schema } from "./schema.ts";
import type { TargetRef } from "./targets.ts";

/** A live enrollment with all that its next due time depends on, besides the records themselves. */
export interface WaitingEnrollment {
  readonly id: string;
  readonly sequence_id: string;
  readonly version: number;
  readonly target_type: TargetType;
  readonly target_id: string;
  readonly contact_id: string;
  readonly agent_id: string | null;
  readonly state: "active" | "paused" | "held";
  readonly reason: string | null;
  readonly step_id: string;
  readonly base_at: Date;
  readonly next_due_at: Date | null;
  readonly expires_at: Date | null;
  readonly attempt: number;
  readonly failed_channels: readonly Channel[];
  readonly chunk_id: string | null;
  readonly started_at: Date;
}

/** Records whose enrollments are meant; an agent's are those assigned to it, or about what is. */
export interface ChangedRecords {
  readonly contacts?: readonly string[];
  readonly targets?: readonly TargetRef[];
  readonly agents?: readonly string[];
}

/**
 * Locks and reads the live enrollments about any of these records, or with these ids. The lock keeps
 * dispatchers away until the transaction ends: what it changes cannot fall between a claim that came too
 * late to be seen here and a decision that came too early to see it.
 */
export async function lockWaiting(
  trx: Kysely<Schema>,
  which: ChangedRecords & { readonly ids?: readonly string[] },
): Promise<WaitingEnrollment[]> {
  const { ids = [], contacts = [], targets = [], agents = [] } = which;
  if (ids.length + contacts.length + targets.length + agents.length === 0) return [];
  const found = await sql<WaitingEnrollment>`
    select e.id, e.sequence_id, e.version, e.target_type, e.target_id, e.contact_id, e.agent_id, e.state,
      e.reason, e.step_id, e.base_at, e.next_due_at, e.expires_at, e.attempt, e.failed_channels,
      e.chunk_id, e.started_at
    from enrollments e
    where e.id in (
      select unnest(${[...ids]}::uuid[])
      union select c.id from enrollments c where c.contact_id = any(${[...contacts]}::text[])
      union select t.id from jsonb_to_recordset(${JSON.stringify(targets)}::jsonb) as r(type text, id text)
        join enrollments t on t.target_type = r.type and t.target_id = r.id
      union select a.id from enrollments a where a.agent_id = any(${[...agents]}::text[])
      union select a.id from targets r
        join enrollments a on a.target_type = r.type and a.target_id = r.id and a.agent_id is null
        where r.data ->> 'agent_id' = any(${[...agents]}::text[])
    ) and e.state in ('active', 'paused', 'held') and e.step_id is not null
    order by e.id
    for no key update of e
  `.execute(trx);
  return found.rows;
}

/** Locks and reads the live enrollments about a conversation, or that sent in it. */
export async function lockInConversation(
  trx: Kysely<Schema>,
  id: string,
): Promise<WaitingEnrollment[]> {
  const found = await sql<{ id: string }>`
    select id from enrollments
    where target_type = 'conversation' and target_id = ${id} and state in ('active', 'paused', 'held')
    union
    select e.id from messages m join enrollments e on e.id = m.enrollment_id
    where m.conversation_id = ${id} and e.state in ('active', 'paused', 'held')
  `.execute(trx);
  return lockWaiting(trx, { ids: found.rows.map((row) => row.id) });
}

/** A page of the ids of all that wait, in the ids' order. */
export async function listWaitingAfter(
  db: Kysely<Schema>,
  after: string | null,
  limit: number,
): Promise<string[]> {
  let query = db
    .selectFrom("enrollments")
    .select("id")
    .where("state", "in", ["active", "paused", "held"])
    .orderBy("id")
    .limit(limit);
  if (after !== null) query = query.where("id", ">", after);
  return (await query.execute()).map((row) => row.id);
}
