import { sql, type Kysely } from "kysely";

/**
 * The columns of a message that its result changes stand last, together: PostgreSQL logs of a row that is
 * rewritten in its page only what lies between the first and the last byte that differ, which was the whole
 * text before. And HTML that says no more than the text beside it is not stored.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const KEPT = `id, enrollment_id, step_id, attempt, version, chunk_id, run_id, channel, inbox_id, address,
  conversation_id, reason, subject, body, html, template, due_at, created_at, state, provider_id,
  error_code, error, sent_at, delivered_at, read_at, updated_at`;

const statements = [
  `alter table messages rename to former_messages`,
  `create table messages (
    id uuid not null,
    enrollment_id uuid not null,
    step_id text not null,
    attempt integer not null,
    version integer,
    chunk_id uuid,
    run_id uuid,
    channel text,
    inbox_id text,
    address text,
    conversation_id text,
    reason text,
    subject text,
    body text,
    html text,
    simple_html boolean not null default false,
    template jsonb,
    due_at timestamptz not null,
    created_at timestamptz not null,
    state text not null,
    provider_id text,
    error_code text,
    error text,
    sent_at timestamptz,
    delivered_at timestamptz,
    read_at timestamptz,
    updated_at timestamptz not null,
    unknown_at timestamptz generated always as (case when state = 'unknown' then updated_at end) stored,
    report_id text generated always as (case when channel <> 'email' then provider_id end) stored
  ) with (fillfactor = 50)`,
  `insert into messages (${KEPT}) select ${KEPT} from former_messages`,
  `drop table former_messages`,
  `alter table messages add primary key (id)`,
  `alter table messages add unique (enrollment_id, step_id, attempt)`,
  `alter table messages add check (state in ('pending', 'awaiting_approval', 'sending', 'sent',
    'delivered', 'read', 'failed', 'skipped', 'unknown'))`,
  `create index messages_address on messages (lower(address), inbox_id) where address is not null`,
  `create index messages_unknown on messages (unknown_at) where unknown_at is not null`,
  `create index messages_report on messages (report_id) where report_id is not null`,
  `create index messages_conversation on messages (conversation_id) where conversation_id is not null`,
];
