import { sql, type Kysely } from "kysely";

/**
 * The first schema. Instants are `timestamptz` and always come from the caller's clock; no column
 * defaults to the database's `now()`.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // ---- What is published (written by the controller)
  `create table workspace_policy (
    id smallint primary key default 1 check (id = 1),
    policy jsonb not null,
    revision bigint not null,
    rederived_revision bigint not null default 0,
    commit_sha text not null,
    changed_at timestamptz not null
  )`,
  `create table inboxes (
    id text primary key,
    inbox jsonb not null,
    removed_at timestamptz
  )`,
  `create table custom_attributes (
    entity text not null,
    key text not null,
    type text not null,
    options jsonb,
    description text,
    commit_sha text not null,
    created_at timestamptz not null,
    primary key (entity, key)
  )`,
  `create table sequences (
    id text primary key,
    name text not null,
    state text not null check (state in ('active', 'retired')),
    active_version integer not null,
    updated_at timestamptz not null
  )`,
  `create table sequence_versions (
    sequence_id text not null references sequences (id),
    version integer not null,
    digest text not null,
    format integer not null,
    document jsonb not null,
    source text not null,
    path text not null,
    commit_sha text not null,
    author text not null,
    committed_at timestamptz not null,
    published_at timestamptz not null,
    primary key (sequence_id, version),
    unique (sequence_id, digest)
  )`,
  `create table reconciliations (
    id uuid primary key,
    commit_sha text,
    author text,
    subject text,
    started_at timestamptz not null,
    finished_at timestamptz not null,
    outcome text not null check (outcome in ('applied', 'unchanged', 'failed', 'stalled')),
    reason text,
    message text,
    diagnostics jsonb not null,
    changes jsonb not null
  )`,
  `create index reconciliations_recent on reconciliations (finished_at desc, id desc)`,
  `create table source_state (
    id smallint primary key default 1 check (id = 1),
    url text,
    branch text,
    path text,
    last_attempted_sha text,
    last_applied_sha text,
    last_attempted_at timestamptz,
    last_applied_at timestamptz,
    conditions jsonb not null default '[]',
    suspended boolean not null default false,
    acknowledged_sha text,
    requested_at timestamptz,
    answered_at timestamptz
  )`,
  `insert into source_state (id) values (1)`,

  // ---- Whom it is about (written over HTTP)
  `create table contacts (
    id text primary key,
    data jsonb not null,
    updated_at timestamptz not null,
    erased_at timestamptz
  )`,
  `create index contacts_email on contacts ((lower(data ->> 'email')))`,
  `create index contacts_phone on contacts ((data ->> 'phone'))`,
  `create table agents (
    id text primary key,
    data jsonb not null,
    updated_at timestamptz not null
  )`,
  `create table targets (
    type text not null check (type in ('conversation', 'deal', 'appointment', 'charge')),
    id text not null,
    contact_id text not null references contacts (id),
    data jsonb not null,
    updated_at timestamptz not null,
    primary key (type, id)
  )`,
  `create index targets_contact on targets (contact_id, type)`,
  `create index targets_agent on targets ((data ->> 'agent_id'))`,

  // ---- What happens (written by the runtime)
  `create table enrollments (
    id uuid primary key,
    sequence_id text not null,
    version integer not null,
    target_type text not null,
    target_id text not null,
    contact_id text not null references contacts (id),
    agent_id text,
    live_key text not null,
    state text not null
      check (state in ('active', 'paused', 'held', 'completed', 'exited', 'failed')),
    reason text,
    step_id text,
    base_at timestamptz not null,
    next_due_at timestamptz,
    expires_at timestamptz,
    attempt integer not null default 1,
    failed_channels text[] not null default '{}',
    chunk_id uuid,
    parked_by text,
    strandings integer not null default 0,
    stale boolean not null default false,
    started_at timestamptz not null,
    ended_at timestamptz,
    updated_at timestamptz not null,
    foreign key (sequence_id, version) references sequence_versions (sequence_id, version),
    constraint active_is_due check (state <> 'active' or chunk_id is not null or next_due_at is not null),
    constraint ended_is_dated check ((state in ('completed', 'exited', 'failed')) = (ended_at is not null))
  )`,
  // One live enrollment per sequence and target (or contact): the key says which.
  `create unique index enrollments_live on enrollments (sequence_id, live_key)
    where state in ('active', 'paused', 'held')`,
  `create index enrollments_ended on enrollments (sequence_id, live_key)
    where state in ('completed', 'exited', 'failed')`,
  `create index enrollments_due on enrollments (next_due_at)
    where state = 'active' and chunk_id is null and parked_by is null`,
  `create index enrollments_poison on enrollments (next_due_at)
    where state = 'active' and chunk_id is null and parked_by is null and strandings > 2`,
  `create index enrollments_stale on enrollments (id) where stale and chunk_id is null`,
  `create index enrollments_chunk on enrollments (chunk_id) where chunk_id is not null`,
  `create index enrollments_parked on enrollments (parked_by) where parked_by is not null`,
  `create index enrollments_contact on enrollments (contact_id)`,
  `create index enrollments_target on enrollments (target_type, target_id)`,
  `create index enrollments_agent on enrollments (agent_id)
    where agent_id is not null and state in ('active', 'paused', 'held')`,
  `create table messages (
    id uuid primary key,
    enrollment_id uuid not null references enrollments (id) on delete cascade,
    step_id text not null,
    attempt integer not null,
    chunk_id uuid,
    run_id uuid,
    state text not null check (state in ('pending', 'awaiting_approval', 'sending', 'sent',
      'delivered', 'read', 'failed', 'skipped', 'unknown')),
    channel text,
    inbox_id text,
    address text,
    conversation_id text,
    reason text,
    subject text,
    body text,
    html text,
    template jsonb,
    due_at timestamptz not null,
    provider_id text,
    error_code text,
    error text,
    created_at timestamptz not null,
    sent_at timestamptz,
    delivered_at timestamptz,
    read_at timestamptz,
    updated_at timestamptz not null,
    unique (enrollment_id, step_id, attempt)
  )`,
  `create index messages_chunk on messages (chunk_id) where state in ('pending', 'sending')`,
  `create index messages_unknown on messages (enrollment_id) where state = 'unknown'`,
  `create index messages_recent on messages (created_at desc)`,
  `create index messages_conversation on messages (conversation_id, sent_at)
    where conversation_id is not null`,
  `create table history (
    id bigint generated always as identity primary key,
    enrollment_id uuid not null references enrollments (id) on delete cascade,
    at timestamptz not null,
    type text not null,
    step_id text,
    data jsonb not null default '{}'
  )`,
  `create index history_enrollment on history (enrollment_id, id)`,
  `create table suppressions (
    id uuid primary key,
    channel text not null check (channel in ('email', 'sms', 'whatsapp')),
    address text not null,
    purpose text not null check (purpose in ('marketing', 'all')),
    reason text not null,
    created_at timestamptz not null,
    unique (channel, address, purpose)
  )`,
  `create table inbox_sends (
    inbox_id text not null,
    at timestamptz not null,
    messages integer not null
  )`,
  `create index inbox_sends_recent on inbox_sends (inbox_id, at)`,
  `create table halts (
    scope text primary key,
    created_at timestamptz not null,
    created_by text not null
  )`,

  // ---- Who may ask
  `create table api_keys (
    id text primary key,
    name text not null,
    role text not null check (role in ('viewer', 'enroller', 'approver', 'operator')),
    hash text not null unique,
    created_at timestamptz not null,
    revoked_at timestamptz
  )`,
  `create table server_secret (
    id smallint primary key default 1 check (id = 1),
    value text not null,
    created_at timestamptz not null
  )`,
  `create table idempotency_keys (
    api_key_id text not null,
    key text not null,
    request_hash text not null,
    status integer not null,
    response jsonb not null,
    created_at timestamptz not null,
    primary key (api_key_id, key)
  )`,
  `create index idempotency_keys_age on idempotency_keys (created_at)`,
];
