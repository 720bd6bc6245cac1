import { sql, type Kysely } from "kysely";
import type { EntityData } from "../core/facts.ts";
import { iso } from "./placement.ts";
import type { EnrollmentState, Schema } from "./schema.ts";

/** A message of ours that one from outside refers to. */
export interface AnsweredMessage {
  readonly id: string;
  readonly enrollment_id: string;
  readonly inbox_id: string;
  readonly address: string | null;
  readonly conversation_id: string | null;
  readonly contact_id: string;
}

/** Our messages by their ids on one channel, or by a provider's id in one inbox; the latest first. */
export async function findAnswered(
  db: Kysely<Schema>,
  by: {
    readonly channel: string;
    readonly inbox: string;
    readonly ids: readonly string[];
    readonly providerId: string | null;
  },
): Promise<AnsweredMessage[]> {
  if (by.ids.length === 0 && by.providerId === null) return [];
  const found = await sql<AnsweredMessage>`
    with named as materialized (
      select id from messages where id = any(${[...by.ids]}::uuid[])
      union
      select id from messages
      where report_id = ${by.providerId} and inbox_id = ${by.inbox}
    )
    select m.id, m.enrollment_id, m.inbox_id, m.address, m.conversation_id, e.contact_id
    from messages m join enrollments e on e.id = m.enrollment_id
    where m.id in (select id from named) and m.channel = ${by.channel} and m.inbox_id is not null
    order by m.created_at desc
  `.execute(db);
  return found.rows;
}

/**
 * Whose an address is: the contact that an inbox wrote to there last, else one who has it now, the most
 * recently changed first. Null: nobody's.
 */
export async function findContactAt(
  db: Kysely<Schema>,
  inbox: string,
  isEmail: boolean,
  addresses: readonly string[],
): Promise<string | null> {
  const given = [...addresses];
  const own = isEmail ? sql`lower(c.data ->> 'email')` : sql`c.data ->> 'phone'`;
  const found = await sql<{ id: string }>`
    with sent as materialized (
      select s.enrollment_id, s.created_at
      from unnest(${given}::text[]) as given(address), lateral (
        select enrollment_id, created_at from messages
        where lower(address) = given.address and inbox_id = ${inbox} offset 0
      ) s
    ), own as materialized (
      select c.id, c.updated_at from contacts c
      where ${own} = any(${given}::text[]) and c.erased_at is null
    )
    select id from (
      select c.id, 0 as rank, sent.created_at as at
      from sent join enrollments e on e.id = sent.enrollment_id
        join contacts c on c.id = e.contact_id and c.erased_at is null
      union all
      select id, 1, updated_at from own
    ) candidates order by rank, at desc limit 1
  `.execute(db);
  return found.rows[0]?.id ?? null;
}

/** The contacts that share phone numbers, a few at most. */
export async function findSharers(
  db: Kysely<Schema>,
  phones: readonly string[],
): Promise<string[]> {
  if (phones.length === 0) return [];
  const found = await sql<{ id: string }>`
    select id from contacts
    where data ->> 'phone' = any(${[...phones]}::text[]) and erased_at is null
    order by updated_at desc, id limit ${sql.lit(MOST_SHARERS)}
  `.execute(db);
  return found.rows.map(({ id }) => id);
}

const MOST_SHARERS = 10;

/** Whose one of WhatsApp's business-scoped ids is; null: not known yet. */
export async function findWhatsAppUser(
  db: Kysely<Schema>,
  inbox: string,
  userId: string,
): Promise<string | null> {
  const row = await db
    .selectFrom("whatsapp_users")
    .select("contact_id")
    .where("inbox_id", "=", inbox)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  return row?.contact_id ?? null;
}

/** Remembers whose a business-scoped id is, for when it comes without a phone number. */
export async function rememberWhatsAppUser(
  trx: Kysely<Schema>,
  user: { readonly inbox: string; readonly userId: string; readonly contact: string },
  now: number,
): Promise<void> {
  await sql`
    insert into whatsapp_users (inbox_id, user_id, contact_id, seen_at)
    values (${user.inbox}, ${user.userId}, ${user.contact}, ${iso(now)}::timestamptz)
    on conflict (inbox_id, user_id) do update set
      contact_id = excluded.contact_id, seen_at = excluded.seen_at
  `.execute(trx);
}

interface KnownConversation {
  readonly id: string;
  readonly data: EntityData;
}

/** A contact's conversation in an inbox: this one, else an open one, else the latest. */
export async function findConversation(
  db: Kysely<Schema>,
  by: { readonly contact: string; readonly inbox: string; readonly id: string | null },
): Promise<KnownConversation | null> {
  const found = await sql<KnownConversation>`
    select id, data from targets
    where type = 'conversation' and contact_id = ${by.contact}
      and (id = ${by.id} or data ->> 'inbox' = ${by.inbox})
    order by id is distinct from ${by.id}, coalesce(data ->> 'status', 'open') = 'resolved',
      updated_at desc
    limit 1
  `.execute(db);
  return found.rows[0] ?? null;
}

/** An enrollment that wrote to whoever answers now. */
interface Writer {
  readonly id: string;
  readonly sequence_id: string;
  readonly version: number;
  readonly contact_id: string;
  readonly state: EnrollmentState;
  /** Its last message to them, and that message's step. */
  readonly message_id: string;
  readonly step_id: string;
}

/** Where an answer may belong. */
export interface AnswerPlace {
  /** Conversations that it continues. */
  readonly conversations: readonly string[];
  /** Enrollments whose very messages it answers. */
  readonly enrollments: readonly string[];
  /** What is known where the thread is not: who wrote, in which inbox. */
  readonly from: {
    readonly inbox: string;
    readonly addresses: readonly string[];
    readonly contact: string | null;
  } | null;
}

/**
 * The enrollments that wrote where an answer belongs: the live ones, and those that wrote lately though
 * they have ended. What is being sent at this moment, or may have been sent, counts as written.
 * Each way in is one look-up by an index, whatever the planner believes of a table that is new or huge.
 * @param since epoch ms, how far back an ended one counts
 */
export async function findWriters(
  db: Kysely<Schema>,
  place: AnswerPlace,
  since: number,
): Promise<Writer[]> {
  const { from } = place;
  const found = await sql<Writer>`
    with sent as materialized (
      select s.* from unnest(${[...place.conversations]}::text[]) as given(id), lateral (
        select id, enrollment_id, step_id, state, created_at from messages
        where conversation_id = given.id offset 0
      ) s
      union
      select s.* from unnest(${[...place.enrollments]}::uuid[]) as given(id), lateral (
        select id, enrollment_id, step_id, state, created_at from messages
        where enrollment_id = given.id offset 0
      ) s
      union
      select s.* from unnest(${[...(from?.addresses ?? [])]}::text[]) as given(address), lateral (
        select id, enrollment_id, step_id, state, created_at from messages
        where lower(address) = given.address and inbox_id = ${from?.inbox ?? null} offset 0
      ) s
      union
      select s.* from enrollments own, lateral (
        select id, enrollment_id, step_id, state, created_at from messages
        where enrollment_id = own.id and inbox_id = ${from?.inbox ?? null} offset 0
      ) s
      where own.contact_id = ${from?.contact ?? null}
    ), latest as materialized (
      select distinct on (enrollment_id) enrollment_id, id, step_id, created_at from sent
      where state in ('sending', 'sent', 'delivered', 'read', 'unknown')
      order by enrollment_id, created_at desc
    )
    select e.id, e.sequence_id, e.version, e.contact_id, e.state, l.id as message_id, l.step_id
    from latest l, lateral (select * from enrollments where id = l.enrollment_id offset 0) e
    where e.state in ('active', 'paused', 'held') or l.created_at > ${iso(since)}::timestamptz
    order by e.id
  `.execute(db);
  return found.rows;
}

/** Tells enrollments that they were answered, each at the step that was. */
export async function tellReplied(
  trx: Kysely<Schema>,
  writers: readonly Writer[],
  data: { readonly [key: string]: unknown },
  now: number,
): Promise<void> {
  if (writers.length === 0) return;
  const rows = writers.map(({ id, step_id, message_id }) => ({
    enrollment_id: id,
    step_id,
    data: { ...data, answers: message_id },
  }));
  await sql`
    insert into history (enrollment_id, at, type, step_id, data)
    select enrollment_id, ${iso(now)}::timestamptz, 'replied', step_id, data
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r(enrollment_id uuid, step_id text, data jsonb)
    order by enrollment_id
  `.execute(trx);
}

/** Puts messages that belonged to no conversation yet into the one that an answer has begun. */
export async function joinConversation(
  trx: Kysely<Schema>,
  conversation: string,
  messages: readonly string[],
): Promise<void> {
  if (messages.length === 0) return;
  await trx
    .updateTable("messages")
    .set({ conversation_id: conversation })
    .where("id", "in", [...messages])
    .where("conversation_id", "is", null)
    .execute();
}
