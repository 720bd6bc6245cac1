import { sql, type Kysely } from "kysely";

/** What providers report: webhooks taken in durably, the messages in them, and how to find what they are about. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // What came is kept until it is applied; its key is kept longer, so that it counts once.
  `create table inbound_events (
    id uuid primary key,
    inbox_id text not null,
    key text not null,
    event jsonb,
    received_at timestamptz not null,
    next_at timestamptz,
    attempts integer not null default 0,
    outcome text,
    unique (inbox_id, key),
    constraint pending_has_event check ((next_at is null) = (event is null))
  )`,
  `create index inbound_events_pending on inbound_events (next_at) where next_at is not null`,
  `create index inbound_events_age on inbound_events (received_at) where next_at is null`,
  `create table inbound_messages (
    id uuid primary key,
    inbox_id text not null,
    channel text not null check (channel in ('email', 'sms', 'whatsapp')),
    contact_id text references contacts (id),
    conversation_id text,
    address text,
    user_id text,
    nature text not null check (nature in ('human', 'reaction', 'automatic')),
    type text not null,
    subject text,
    body text,
    media jsonb not null default '[]',
    keyword text,
    provider_id text not null,
    answers uuid,
    sent_at timestamptz not null,
    received_at timestamptz not null
  )`,
  `create index inbound_messages_conversation on inbound_messages (conversation_id, received_at)
    where conversation_id is not null`,
  `create index inbound_messages_contact on inbound_messages (contact_id, received_at)
    where contact_id is not null`,
  `create index inbound_messages_address on inbound_messages (address)`,
  // WhatsApp may name a person by an id of this business alone, without a phone number.
  `create table whatsapp_users (
    inbox_id text not null,
    user_id text not null,
    contact_id text not null references contacts (id),
    seen_at timestamptz not null,
    primary key (inbox_id, user_id)
  )`,
  `create index whatsapp_users_contact on whatsapp_users (contact_id)`,
  // A mail's report names our own id.
  `create index messages_provider on messages (provider_id)
    where provider_id is not null and channel <> 'email'`,
  `create index messages_address on messages (lower(address), inbox_id) where address is not null`,
];
