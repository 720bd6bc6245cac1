import { sql, type Kysely } from "kysely";

/**
 * That a message was sent is said once, by the message: its line of history is read from it. What tells the
 * outside finds such messages by a narrow table, which nobody writes unless there is somebody to tell; and waits
 * for all transactions that were there when it looked.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table messages add column history_id bigint`,
  `create view history_lines as
    select id, enrollment_id, at, type, step_id, data, null::uuid as message_id from history
    union all
    select history_id, enrollment_id, sent_at, 'sent', step_id, jsonb_build_object(
      'message', id, 'channel', channel, 'inbox', inbox_id,
      'reason', coalesce(reason, 'the step asks for ' || channel)), id
    from messages where history_id is not null`,
  `alter table outgoing_cursor add column fence bigint, add column fence_of bigint`,
  `create table outgoing_sent (
    id bigint primary key,
    messages uuid[] not null
  )`,
];
