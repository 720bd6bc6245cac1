import { sql, type RawBuilder } from "kysely";
import type { Draft } from "../core/enrollment/types.ts";
import type { EntityData } from "../core/facts.ts";
import type { Channel, StepChannel, TargetType } from "../core/language/document.ts";
import { inHandOf } from "./claim.ts";
import type { Db } from "./database.ts";

/** A conversation of the contact, as stored. */
export interface StoredConversation {
  readonly id: string;
  readonly data: EntityData;
  /** When a provider said that WhatsApp's window in it is closed. */
  readonly window_closed_at?: string | null;
}

/** One live enrollment with everything that a decision about its step needs, but for the time. */
export interface LiveEnrollment {
  readonly id: string;
  readonly sequence_id: string;
  readonly version: number;
  readonly target_type: TargetType;
  readonly target_id: string;
  readonly contact_id: string;
  readonly step_id: string;
  readonly base_at: Date;
  readonly attempt: number;
  readonly failed_channels: readonly StepChannel[];
  readonly started_at: Date;
  readonly contact: EntityData;
  /** Null for a contact enrollment. */
  readonly target: EntityData | null;
  readonly agent: (EntityData & { readonly id: string }) | null;
  /** The contact's conversations, the most recently changed first. */
  readonly conversations: readonly StoredConversation[];
  readonly suppressions: readonly {
    readonly channel: Channel;
    readonly purpose: "marketing" | "all";
  }[];
  /** What is ready to be sent instead of the step's static text. */
  readonly draft?: Draft | null;
}

/** An enrollment that a chunk has in hand: it has a due time. */
export interface ClaimedEnrollment extends LiveEnrollment {
  readonly next_due_at: Date;
  readonly expires_at: Date;
}

/** The open ones and the latest: what can still be continued, or hold WhatsApp's window open. */
const CONVERSATIONS = 20;

/** `v.conversations` and `s.suppressions` of each contact `c`. */
export const KNOWN_OF_CONTACT = sql`
  left join lateral (
    select jsonb_agg(jsonb_build_object('id', l.id, 'data', l.data, 'window_closed_at', l.window_closed_at) order by l.updated_at desc) as conversations
    from (
      select id, data, updated_at, window_closed_at from targets
      where contact_id = c.id and type = 'conversation'
      order by coalesce(data ->> 'status', '') = 'resolved', updated_at desc
      limit ${sql.lit(CONVERSATIONS)}
    ) l
  ) v on true
  left join lateral (
    select jsonb_agg(jsonb_build_object('channel', channel, 'purpose', purpose)) as suppressions
    from suppressions
    where (channel = 'email' and address = lower(c.data ->> 'email'))
      or (channel in ('sms', 'whatsapp') and address = c.data ->> 'phone')
  ) s on true
`;

/** Loads all that a chunk has in hand, in one query. */
export function loadChunk(db: Db, chunkId: string): Promise<ClaimedEnrollment[]> {
  const inHand = inHandOf(sql`id = ${chunkId}::uuid`);
  return load<ClaimedEnrollment>(db, inHand, sql`e.state = 'active'`);
}

/** Loads the live ones among enrollments that have a step left, in one query. */
export function loadLive(db: Db, ids: readonly string[]): Promise<LiveEnrollment[]> {
  const isLive = sql`e.state in ('active', 'paused', 'held') and e.step_id is not null`;
  const wanted = sql`e.id = any(${[...ids]}::uuid[]) and ${isLive}`;
  return load<LiveEnrollment>(db, sql`enrollments e`, wanted);
}

async function load<Row>(
  db: Db,
  source: RawBuilder<unknown>,
  condition: RawBuilder<unknown>,
): Promise<Row[]> {
  const loaded = await sql<Row>`
    select e.id, e.sequence_id, e.version, e.target_type, e.target_id, e.contact_id, e.step_id,
      e.base_at, e.next_due_at, e.expires_at, e.attempt, e.failed_channels, e.started_at,
      c.data as contact, t.data as target,
      case when a.id is null then null else a.data || jsonb_build_object('id', a.id) end as agent,
      coalesce(v.conversations, '[]') as conversations,
      coalesce(s.suppressions, '[]') as suppressions,
      case when d.id is null then null
        else jsonb_build_object('channel', d.channel, 'subject', d.subject, 'body', d.body) end as draft
    from ${source}
    join contacts c on c.id = e.contact_id
    left join targets t on t.type = e.target_type and t.id = e.target_id
    left join agents a on a.id = coalesce(e.agent_id, t.data ->> 'agent_id')
    left join drafts d on d.enrollment_id = e.id and d.step_id = e.step_id and d.state = 'ready'
    ${KNOWN_OF_CONTACT}
    where ${condition}
    order by e.next_due_at, e.id
  `.execute(db);
  return loaded.rows;
}

/** Ids of the mails sent in conversations, the oldest first: what a reply refers to. */
export async function loadThreads(
  db: Db,
  conversationIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (conversationIds.length === 0) return new Map();
  const { rows } = await sql<{ conversation_id: string; ids: string[] }>`
    select conversation_id, array_agg(id::text order by sent_at) as ids
    from messages
    where conversation_id = any(${[...conversationIds]}::text[]) and channel = 'email'
      and state in ('sent', 'delivered', 'read')
    group by conversation_id
  `.execute(db);
  return new Map(rows.map((row) => [row.conversation_id, row.ids]));
}
