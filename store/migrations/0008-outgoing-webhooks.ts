import { sql, type Kysely } from "kysely";

/** What is told to the outside, taken from the history. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table outgoing_cursor (
    id smallint primary key default 1 check (id = 1),
    taken bigint not null,
    horizon bigint not null,
    seen_at timestamptz not null
  )`,
  `create table outgoing_events (
    id bigint primary key,
    type text not null,
    body text not null,
    created_at timestamptz not null,
    next_at timestamptz,
    attempts integer not null default 0,
    error text,
    failed_at timestamptz
  )`,
  `create index outgoing_events_due on outgoing_events (next_at) where next_at is not null`,
];
