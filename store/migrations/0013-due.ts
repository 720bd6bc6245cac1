import { sql, type Kysely } from "kysely";

/**
 * The due index becomes a table of its own, so that an enrollment's next due time is in none of its
 * indexes: a step rewrites the row in its page, and moves one narrow entry instead of one in each index.
 * Triggers keep it, once a statement: whoever changes enrollments cannot forget it, and holds the
 * enrollment's lock when its entry is touched.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

/**
 * A plan is kept as it was made for the first statement of a connection, however many rows come later and
 * however few there were in the table: only one step into the index for each row is right for all of them.
 */
const NESTED = "set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off";

/** For the table, as `0017-log-cost` makes it anew, too. */
export const DUE_TRIGGERS = [
  `create trigger due_of_new after insert on enrollments referencing new table as arrived
    for each statement execute function keep_due_of_new()`,
  `create trigger due_of_changed after update on enrollments
    referencing old table as departed new table as arrived
    for each statement execute function keep_due_of_changed()`,
  `create trigger due_of_gone after delete on enrollments referencing old table as departed
    for each statement execute function keep_due_of_gone()`,
];

const statements = [
  `drop index enrollments_due`,
  `drop index enrollments_poison`,
  `alter table enrollments add column waits_until timestamptz generated always as (
    case when state = 'active' and chunk_id is null and parked_by is null and not stale
      then next_due_at end) stored`,
  `create index enrollments_poison on enrollments (id) where strandings > 2`,
  `create table due (
    at timestamptz not null,
    enrollment_id uuid not null,
    primary key (at, enrollment_id)
  ) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1)`,
  `insert into due select waits_until, id from enrollments where waits_until is not null`,
  `create function keep_due_of_new() returns trigger language plpgsql as $$ begin
    insert into due select waits_until, id from arrived where waits_until is not null;
    return null;
  end $$`,
  `create function keep_due_of_changed() returns trigger language plpgsql ${NESTED} as $$ begin
    delete from due using (
      select waits_until, id from departed where waits_until is not null
      except all select waits_until, id from arrived) gone
      where due.at = gone.waits_until and due.enrollment_id = gone.id;
    insert into due
      select waits_until, id from arrived where waits_until is not null
      except all select waits_until, id from departed;
    return null;
  end $$`,
  `create function keep_due_of_gone() returns trigger language plpgsql ${NESTED} as $$ begin
    delete from due using departed o where due.at = o.waits_until and due.enrollment_id = o.id;
    return null;
  end $$`,
  ...DUE_TRIGGERS,
];
