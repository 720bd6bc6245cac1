import { sql, type Kysely } from "kysely";

/** Texts that models write and people approve, one a step of an enrollment. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table drafts (
    id uuid primary key,
    enrollment_id uuid not null references enrollments (id) on delete cascade,
    step_id text not null,
    attempt integer not null,
    state text not null check (state in ('wanted', 'awaiting', 'ready', 'discarded', 'dropped')),
    compose text not null check (compose in ('ai_assisted', 'ai_full')),
    channel text not null,
    inbox_id text not null,
    address text not null,
    static_subject text,
    static_body text not null,
    subject text,
    body text,
    problem text,
    prompt jsonb,
    model text,
    prompt_tokens integer not null default 0,
    completion_tokens integer not null default 0,
    due_at timestamptz not null,
    expires_at timestamptz not null,
    created_at timestamptz not null,
    lease_until timestamptz,
    tries integer not null default 0,
    notified_at timestamptz,
    decided_at timestamptz,
    decided_by text,
    edited boolean not null default false,
    unique (enrollment_id, step_id)
  )`,
  `create index drafts_wanted on drafts (created_at) where state = 'wanted'`,
  `create index drafts_awaiting on drafts (id) where state = 'awaiting'`,
];
