import { sql, type Kysely } from "kysely";

/** What services say has happened: each id counts once. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table events (
    id text primary key,
    type text not null,
    target_type text not null,
    target_id text not null,
    occurred_at timestamptz not null,
    received_at timestamptz not null,
    digest text not null,
    outcome jsonb not null
  )`,
  `create index events_target on events (target_type, target_id, received_at)`,
];
