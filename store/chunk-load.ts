import { sql, type RawBuilder } from "kysely";
import type { Draft } from "../core/enrollment/types.ts";
import type { EntityData } from "../core/facts.ts";
import type { StepChannel, TargetType } from "../core/language/document.ts";
import { inHandOf } from "./claim.ts";
import type { Db } from "./database.ts";
import { instantNumber } from "./json.ts";
import { readKnownContacts, type KnownContact } from "./known-contacts.ts";
import { prepared } from "./prepared.ts";

/** One live enrollment with everything that a decision about its step needs, but for the time. Instants are epoch ms. */
export interface LiveEnrollment extends KnownContact {
  readonly id: string;
  readonly sequence_id: string;
  readonly version: number;
  readonly target_type: TargetType;
  readonly target_id: string;
  readonly contact_id: string;
  readonly step_id: string;
  readonly base_at: number;
  readonly attempt: number;
  readonly failed_channels: readonly StepChannel[];
  readonly started_at: number;
  readonly contact: EntityData;
  /** Null for a contact enrollment. */
  readonly target: EntityData | null;
  readonly agent: (EntityData & { readonly id: string }) | null;
  /** What is ready to be sent instead of the step's static text. */
  readonly draft?: Draft | null;
}

/** An enrollment that a chunk has in hand: it has a due time. */
export interface ClaimedEnrollment extends LiveEnrollment {
  readonly next_due_at: number;
  readonly expires_at: number;
}

/** Loads all that a chunk has in hand. */
export function loadChunk(db: Db, chunkId: string): Promise<ClaimedEnrollment[]> {
  const inHand = inHandOf(sql`id = ${chunkId}::uuid`);
  return load<ClaimedEnrollment>(db, inHand, sql`e.state = 'active'`);
}

/** Loads the live ones among enrollments that have a step left. */
export function loadLive(db: Db, ids: readonly string[]): Promise<LiveEnrollment[]> {
  const isLive = sql`e.state in ('active', 'paused', 'held') and e.step_id is not null`;
  const wanted = sql`e.id = any(${[...ids]}::uuid[]) and ${isLive}`;
  return load<LiveEnrollment>(db, sql`enrollments e`, wanted);
}

async function load<Row extends LiveEnrollment>(
  db: Db,
  source: RawBuilder<unknown>,
  condition: RawBuilder<unknown>,
): Promise<Row[]> {
  const { rows } = await sql<Omit<Row, keyof KnownContact>>`${prepared}
    select e.id, e.sequence_id, e.version, e.target_type, e.target_id, e.contact_id, e.step_id,
      ${instantNumber("e.base_at")} as base_at, ${instantNumber("e.next_due_at")} as next_due_at,
      ${instantNumber("e.expires_at")} as expires_at, ${instantNumber("e.started_at")} as started_at,
      e.attempt, e.failed_channels,
      c.data as contact, t.data as target,
      case when a.id is null then null else a.data || jsonb_build_object('id', a.id) end as agent,
      case when d.id is null then null
        else jsonb_build_object('channel', d.channel, 'subject', d.subject, 'body', d.body) end as draft
    from ${source}
    join contacts c on c.id = e.contact_id
    left join targets t on t.type = e.target_type and t.id = e.target_id
    left join agents a on a.id = coalesce(e.agent_id, t.data ->> 'agent_id')
    left join drafts d on d.enrollment_id = e.id and d.step_id = e.step_id and d.state = 'ready'
    where ${condition}
    order by e.next_due_at, e.id
  `.execute(db);
  if (rows.length === 0) return [];
  const contacts = new Map(rows.map((row) => [row.contact_id, row.contact]));
  const known = await readKnownContacts(db, contacts);
  return rows.map((row) => Object.assign(row, known.get(row.contact_id)!) as Row);
}

/** Ids of the mails sent in conversations, the oldest first: what a reply refers to. */
export async function loadThreads(
  db: Db,
  conversationIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (conversationIds.length === 0) return new Map();
  const { rows } = await sql<{ conversation_id: string; ids: string[] }>`${prepared}
    select conversation_id, array_agg(id::text order by sent_at) as ids
    from messages
    where conversation_id = any(${[...conversationIds]}::text[]) and channel = 'email'
      and state in ('sent', 'delivered', 'read')
    group by conversation_id
  `.execute(db);
  return new Map(rows.map((row) => [row.conversation_id, row.ids]));
}
