import { sql, type Kysely } from "kysely";

/**
 * What a send costs. A claim changes no indexed column of its enrollment, and a result none of its message,
 * so that PostgreSQL rewrites the row in its own page, which has room for that, and no index. Messages and
 * history are written by statements that have just found the enrollment: nothing is looked up once more for
 * each row.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table messages drop constraint messages_enrollment_id_fkey`,
  `alter table history drop constraint history_enrollment_id_fkey`,
  `drop index messages_chunk`,
  `create table chunks (
    id uuid primary key,
    enrollments uuid[] not null,
    size integer not null,
    runs integer not null default 0
  )`,
  `insert into chunks (id, enrollments, size)
    select chunk_id, array_agg(id), count(*) from enrollments where chunk_id is not null group by chunk_id`,
  `drop index enrollments_chunk`,
  `drop index enrollments_due`,
  `create index enrollments_due on enrollments (next_due_at)
    where state = 'active' and parked_by is null`,
  `drop index enrollments_poison`,
  `create index enrollments_poison on enrollments (next_due_at)
    where state = 'active' and parked_by is null and strandings > 2`,
  `drop index enrollments_stale`,
  `create index enrollments_stale on enrollments (id) where stale`,
  `alter table enrollments set (fillfactor = 80)`,
  `alter table messages set (fillfactor = 50)`,
  // Ids are in the order of time.
  `drop index messages_recent`,
  // The state itself may not be in an index: it changes with every send.
  `alter table messages add column unknown_at timestamptz
    generated always as (case when state = 'unknown' then updated_at end) stored`,
  `drop index messages_unknown`,
  `create index messages_unknown on messages (unknown_at) where unknown_at is not null`,
  // A mail's report names our own id; no other index has to know the provider's.
  `alter table messages add column report_id text
    generated always as (case when channel <> 'email' then provider_id end) stored`,
  `drop index messages_provider`,
  `create index messages_report on messages (report_id) where report_id is not null`,
  `drop index messages_conversation`,
  `create index messages_conversation on messages (conversation_id) where conversation_id is not null`,
];
