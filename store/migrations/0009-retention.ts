import { sql, type Kysely } from "kysely";

/** What is found by its age. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table retention_progress (
    class text primary key,
    until timestamptz not null
  )`,
  `create index enrollments_ended_at on enrollments (ended_at) where ended_at is not null`,
  `create index inbound_messages_received on inbound_messages (received_at)`,
  `create index events_received on events (received_at)`,
  `create index targets_inbound on targets ((data ->> 'last_inbound_at'))
    where type = 'conversation' and data ->> 'last_inbound_at' is not null`,
];
