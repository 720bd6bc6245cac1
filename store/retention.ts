import { sql, type Kysely } from "kysely";
import { firstIdAt, instantOf } from "./ids.ts";
import { iso } from "./placement.ts";
import type { Schema } from "./schema.ts";

/**
 * Clears the content of the oldest messages that were made before an instant: what went out is still known,
 * not its words or its address. One that is still to be sent keeps them.
 * @param before epoch ms, here as below
 * @returns the ids of those that were cleared, and how many were looked at
 */
export async function clearMessages(
  trx: Kysely<Schema>,
  before: number,
  limit: number,
): Promise<{ readonly cleared: readonly string[]; readonly looked: number }> {
  // Where the last call ended: what is cleared already is not read again and again.
  const progress = await sql<{ until: Date }>`
    insert into retention_progress (class, until) values ('messages', '-infinity')
    on conflict (class) do update set class = excluded.class
    returning case when isfinite(until) then until else timestamptz 'epoch' end as until
  `.execute(trx);
  const from = firstIdAt(progress.rows[0]!.until.getTime());
  const page = await sql<{ id: string }>`
    select id from messages
    where id >= ${from}::uuid and id < ${firstIdAt(before)}::uuid
      and (body is not null or address is not null)
      and state not in ('pending', 'awaiting_approval', 'sending')
    order by id limit ${limit}
  `.execute(trx);
  const ids = page.rows.map((row) => row.id);
  const last = ids.at(-1);
  if (last === undefined) return { cleared: [], looked: 0 };
  await sql`
    update messages set subject = null, body = null, html = null, template = null, address = null,
      error = null
    where id = any(${ids}::uuid[])
  `.execute(trx);
  await sql`
    delete from drafts d using messages m
    where m.id = any(${ids}::uuid[]) and d.enrollment_id = m.enrollment_id and d.step_id = m.step_id
  `.execute(trx);
  await sql`
    update retention_progress set until = ${iso(instantOf(last))}::timestamptz
    where class = 'messages'
  `.execute(trx);
  return { cleared: ids, looked: ids.length };
}

/** Forgets what people wrote before an instant. @returns how many messages */
export async function forgetInbound(
  trx: Kysely<Schema>,
  before: number,
  limit: number,
): Promise<number> {
  const deleted = await sql`
    delete from inbound_messages where id in (
      select id from inbound_messages where received_at < ${iso(before)}::timestamptz limit ${limit})
  `.execute(trx);
  return Number(deleted.numAffectedRows ?? 0n);
}

/**
 * Forgets enrollments that ended before an instant, with history and messages. Of a sequence that takes
 * nobody twice the bare enrollment stays: it is what says so.
 * @returns the ids of their messages, and how many enrollments were forgotten
 */
export async function forgetEnrollments(
  trx: Kysely<Schema>,
  before: number,
  limit: number,
): Promise<{ readonly messages: readonly string[]; readonly forgotten: number }> {
  const found = await sql<{ id: string; stays: boolean }>`
    select e.id, v.document -> 'enroll' ->> 'reenroll' is not distinct from 'never' as stays
    from enrollments e
      join sequence_versions v on v.sequence_id = e.sequence_id and v.version = e.version
    where e.ended_at < ${iso(before)}::timestamptz
      and (v.document -> 'enroll' ->> 'reenroll' is distinct from 'never'
        or exists (select from history h where h.enrollment_id = e.id))
    order by e.ended_at limit ${limit}
    for update of e skip locked
  `.execute(trx);
  const ids = found.rows.map((row) => row.id);
  if (ids.length === 0) return { messages: [], forgotten: 0 };
  const messages = await sql<{ id: string }>`
    delete from messages where enrollment_id = any(${ids}::uuid[]) returning id
  `.execute(trx);
  await sql`delete from history where enrollment_id = any(${ids}::uuid[])`.execute(trx);
  await sql`delete from drafts where enrollment_id = any(${ids}::uuid[])`.execute(trx);
  const gone = found.rows.filter((row) => !row.stays).map((row) => row.id);
  await sql`delete from enrollments where id = any(${gone}::uuid[])`.execute(trx);
  return { messages: messages.rows.map((row) => row.id), forgotten: ids.length };
}

/** Forgets events that services reported before an instant. @returns how many */
export async function forgetEvents(
  trx: Kysely<Schema>,
  before: number,
  limit: number,
): Promise<number> {
  const deleted = await sql`
    delete from events where id in (
      select id from events where received_at < ${iso(before)}::timestamptz limit ${limit})
  `.execute(trx);
  return Number(deleted.numAffectedRows ?? 0n);
}

/** Forgets what was done by hand before an instant. @returns how many entries of the audit log */
export async function forgetDeeds(
  trx: Kysely<Schema>,
  before: number,
  limit: number,
): Promise<number> {
  const deleted = await sql`
    delete from audit_log where id in (
      select id from audit_log where id < ${firstIdAt(before)}::uuid order by id limit ${limit})
  `.execute(trx);
  return Number(deleted.numAffectedRows ?? 0n);
}

/**
 * Contacts of whom nothing has been heard, changed or sent since an instant, and who are in no live
 * enrollment.
 */
export async function listForgottenContacts(
  db: Kysely<Schema>,
  before: number,
  limit: number,
): Promise<string[]> {
  const at = sql`${iso(before)}::timestamptz`;
  const found = await sql<{ id: string }>`
    select c.id from contacts c
    where c.erased_at is null and c.updated_at < ${at}
      and not exists (select from enrollments e where e.contact_id = c.id
        and (e.ended_at is null or e.ended_at >= ${at}))
      and not exists (select from targets t where t.contact_id = c.id and t.updated_at >= ${at})
      and not exists (select from inbound_messages i where i.contact_id = c.id and i.received_at >= ${at})
    order by c.updated_at limit ${limit}
  `.execute(db);
  return found.rows.map((row) => row.id);
}
