import { sql, type Kysely, type RawBuilder } from "kysely";
import type { EntityData } from "../core/facts.ts";
import { iso } from "./placement.ts";
import type { Schema } from "./schema.ts";

/** An address as it is kept of an erased person: whoever has it can be recognised, and nobody read. */
function keyedHash(
  channel: RawBuilder<unknown>,
  address: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`'sha256:' || encode(sha256(convert_to(
    (select value from server_secret) || chr(10) || ${channel} || chr(10) || ${address}, 'UTF8')), 'hex')`;
}

/** Everything that is kept of a contact besides their own record. */
export interface ContactExport {
  readonly targets: readonly object[];
  readonly enrollments: readonly object[];
  readonly messages: readonly object[];
  readonly drafts: readonly object[];
  readonly inbound_messages: readonly object[];
  readonly suppressions: readonly object[];
}

/** Reads what is kept of a contact. */
export async function exportContact(db: Kysely<Schema>, id: string): Promise<ContactExport> {
  const targets = await db
    .selectFrom("targets")
    .select(["type", "id", "data", "updated_at"])
    .where("contact_id", "=", id)
    .orderBy("type")
    .orderBy("id")
    .execute();
  const enrollments = await sql<object>`
    select e.id, e.sequence_id as sequence, e.version, e.target_type, e.target_id, e.state, e.reason,
      e.started_at, e.ended_at, (
        select coalesce(jsonb_agg(jsonb_build_object('at', h.at, 'type', h.type, 'step', h.step_id,
          'data', h.data) order by h.id), '[]')
        from history_lines h where h.enrollment_id = e.id) as history
    from enrollments e where e.contact_id = ${id} order by e.id
  `.execute(db);
  const messages = await sql<object>`
    select m.id, m.enrollment_id, m.step_id as step, m.attempt, m.state, m.channel, m.inbox_id as inbox,
      m.address, m.subject, m.body as text, m.created_at, m.sent_at, m.delivered_at, m.read_at
    from messages m join enrollments e on e.id = m.enrollment_id
    where e.contact_id = ${id} order by m.id
  `.execute(db);
  const drafts = await sql<object>`
    select d.id, d.enrollment_id, d.step_id as step, d.state, d.channel, d.address, d.static_subject,
      d.static_body, d.subject, d.body, d.model, d.prompt, d.decided_by, d.decided_at, d.edited, d.created_at
    from drafts d join enrollments e on e.id = d.enrollment_id
    where e.contact_id = ${id} order by d.id
  `.execute(db);
  const inbound = await db
    .selectFrom("inbound_messages")
    .select(["id", "inbox_id as inbox", "channel", "address", "type", "subject", "body as text"])
    .select(["media", "sent_at", "received_at"])
    .where("contact_id", "=", id)
    .orderBy("id")
    .execute();
  const suppressions = await sql<object>`
    select s.channel, s.address, s.purpose, s.reason, s.created_at
    from contacts c join suppressions s
      on (s.channel = 'email' and s.address = lower(c.data ->> 'email'))
      or (s.channel in ('sms', 'whatsapp') and s.address = c.data ->> 'phone')
    where c.id = ${id} order by s.id
  `.execute(db);
  return {
    targets,
    enrollments: enrollments.rows,
    messages: messages.rows,
    drafts: drafts.rows,
    inbound_messages: inbound,
    suppressions: suppressions.rows,
  };
}

/**
 * Erases what is kept of a contact whose enrollments have ended: their data and their targets', texts and
 * addresses. What happened stays without them, and suppressions stay as keyed hashes.
 * @param now epoch ms
 * @returns the ids of their messages; null when there is no such contact
 */
export async function eraseContact(
  trx: Kysely<Schema>,
  id: string,
  now: number,
): Promise<readonly string[] | null> {
  const found = await sql<{ addresses: string[] }>`
    select array(
      select lower(c.data ->> 'email') union select c.data ->> 'phone'
      union select lower(m.address) from enrollments e join messages m on m.enrollment_id = e.id
        where e.contact_id = c.id
      union select i.address from inbound_messages i where i.contact_id = c.id
    ) as addresses
    from contacts c where c.id = ${id} and c.erased_at is null
  `.execute(trx);
  const [row] = found.rows;
  if (row === undefined) return null;
  const addresses = row.addresses.filter((address) => address !== null);
  await sql`
    update suppressions s set address = ${keyedHash(sql`s.channel`, sql`s.address`)}
    where s.address = any(${addresses}::text[])
  `.execute(trx);
  await sql`
    update contacts set data = '{}', erased_at = ${iso(now)}::timestamptz, updated_at = ${iso(now)}::timestamptz
    where id = ${id}
  `.execute(trx);
  await sql`update targets set data = '{}' where contact_id = ${id}`.execute(trx);
  const own = sql`select id from enrollments where contact_id = ${id}`;
  const messages = await sql<{ id: string }>`
    update messages set address = null, subject = null, body = null, html = null, template = null,
      conversation_id = null, error = null
    where enrollment_id in (${own})
    returning id
  `.execute(trx);
  await sql`
    update history set data = data - array['error', 'text', 'subject', 'address', 'problem']
    where enrollment_id in (${own})
  `.execute(trx);
  await sql`delete from drafts where enrollment_id in (${own})`.execute(trx);
  await trx.deleteFrom("inbound_messages").where("contact_id", "=", id).execute();
  await trx.deleteFrom("whatsapp_users").where("contact_id", "=", id).execute();
  await sql`
    update inbound_events set event = null, next_at = null, outcome = 'erased'
    where event is not null and event ->> 'address' = any(${addresses}::text[])
  `.execute(trx);
  return messages.rows.map((message) => message.id);
}

/**
 * Recognises the addresses of contacts that were erased once: their opt-outs hold again.
 * @param contacts data that is being written
 * @returns an update to go along with the statement that writes it
 */
export function recogniseSuppressed(contacts: readonly EntityData[]): RawBuilder<unknown> {
  const given = contacts.flatMap(({ email, phone }) => [
    ...(typeof email === "string" ? [{ channel: "email", address: email.toLowerCase() }] : []),
    ...(typeof phone === "string"
      ? ["sms", "whatsapp"].map((channel) => ({ channel, address: phone }))
      : []),
  ]);
  return sql`
    update suppressions s set address = g.address
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as g(channel text, address text)
    where s.channel = g.channel and s.address = ${keyedHash(sql`g.channel`, sql`g.address`)}
      and exists (select from suppressions where address like 'sha256:%')
      and not exists (
        select from suppressions known
        where known.channel = g.channel and known.address = g.address and known.purpose = s.purpose)
  `;
}
