import { sql, type Kysely } from "kysely";

/** Live enrollments that are carried from one version of a sequence to another. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table messages add column version integer`,
  `create table version_migrations (
    id uuid primary key,
    sequence_id text not null,
    from_version integer not null,
    to_version integer not null,
    map jsonb not null,
    state text not null default 'running' check (state in ('running', 'done')),
    cursor uuid,
    moved integer not null default 0,
    left_behind jsonb not null default '{}',
    created_at timestamptz not null,
    created_by text not null,
    finished_at timestamptz,
    foreign key (sequence_id, from_version) references sequence_versions (sequence_id, version),
    foreign key (sequence_id, to_version) references sequence_versions (sequence_id, version)
  )`,
  `create unique index version_migrations_running on version_migrations (sequence_id, from_version)
    where state = 'running'`,
];
