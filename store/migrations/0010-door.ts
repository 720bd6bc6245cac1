import { sql, type Kysely } from "kysely";

/** Keys that make way for another, and who did what by hand. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table api_keys add column expires_at timestamptz`,
  `create table audit_log (
    id uuid primary key,
    at timestamptz not null,
    key_id text not null,
    key_name text not null,
    role text not null,
    via text not null check (via in ('api', 'console')),
    action text not null,
    subject text,
    details jsonb not null default '{}',
    outcome text not null default 'unknown' check (outcome in ('done', 'refused', 'unknown')),
    status smallint,
    request_id text not null
  )`,
  `create index audit_log_by_action on audit_log (action, id)`,
  `create index audit_log_by_key on audit_log (key_id, id)`,
];
