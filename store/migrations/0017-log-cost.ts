import { sql, type Kysely } from "kysely";
import { DUE_TRIGGERS } from "./0013-due.ts";

/**
 * What a step changes of its enrollment stands last, together, as a message's result does since
 * `0014-messages`: PostgreSQL logs of a row that is rewritten in its page what lies between the first and the
 * last byte that differ. What is of one size for all comes first, where it is read soonest.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const KEPT = `id, started_at, version, attempt, strandings, stale, sequence_id, target_type, target_id,
  contact_id, agent_id, live_key, failed_channels, parked_by, state, reason, ended_at, step_id, base_at,
  next_due_at, expires_at, updated_at, chunk_id`;

const statements = [
  `alter table drafts drop constraint drafts_enrollment_id_fkey`,
  `alter table enrollments rename to former_enrollments`,
  `create table enrollments (
    id uuid not null,
    started_at timestamptz not null,
    version integer not null,
    attempt integer not null default 1,
    strandings integer not null default 0,
    stale boolean not null default false,
    sequence_id text not null,
    target_type text not null,
    target_id text not null,
    contact_id text not null,
    agent_id text,
    live_key text not null,
    failed_channels text[] not null default '{}',
    parked_by text,
    state text not null,
    reason text,
    ended_at timestamptz,
    step_id text,
    base_at timestamptz not null,
    next_due_at timestamptz,
    expires_at timestamptz,
    updated_at timestamptz not null,
    waits_until timestamptz generated always as (
      case when state = 'active' and chunk_id is null and parked_by is null and not stale
        then next_due_at end) stored,
    chunk_id uuid
  ) with (fillfactor = 80)`,
  `insert into enrollments (${KEPT}) select ${KEPT} from former_enrollments`,
  `drop table former_enrollments`,
  `alter table enrollments
    add primary key (id),
    add check (state in ('active', 'paused', 'held', 'completed', 'exited', 'failed')),
    add constraint active_is_due check (state <> 'active' or chunk_id is not null or next_due_at is not null),
    add constraint ended_is_dated
      check ((state in ('completed', 'exited', 'failed')) = (ended_at is not null))`,
  `create unique index enrollments_live on enrollments (sequence_id, live_key)
    where state in ('active', 'paused', 'held')`,
  `create index enrollments_ended on enrollments (sequence_id, live_key)
    where state in ('completed', 'exited', 'failed')`,
  `create index enrollments_parked on enrollments (parked_by) where parked_by is not null`,
  `create index enrollments_contact on enrollments (contact_id)`,
  `create index enrollments_target on enrollments (target_type, target_id)`,
  `create index enrollments_agent on enrollments (agent_id)
    where agent_id is not null and state in ('active', 'paused', 'held')`,
  `create index enrollments_ended_at on enrollments (ended_at) where ended_at is not null`,
  `create index enrollments_stale on enrollments (id) where stale`,
  `create index enrollments_poison on enrollments (id) where strandings > 2`,
  ...DUE_TRIGGERS,
  `alter table drafts add foreign key (enrollment_id) references enrollments (id) on delete cascade`,
  // A run of a chunk has a number; releases before gave it an id, and still look for that one.
  `alter table messages add column run integer`,
  // A result makes its message longer: half a page is not room enough for all that the other half holds.
  `alter table messages set (fillfactor = 45)`,
  // Ids do not compress.
  `alter table chunks alter column enrollments set storage external`,
  // Few messages went to one address, by whatever inbox.
  `drop index messages_address`,
  `create index messages_address on messages (lower(address)) where address is not null`,
];
