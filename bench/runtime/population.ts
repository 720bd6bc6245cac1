import { sql, type Transaction } from "kysely";
import type { Db } from "../../store/database.ts";
import { instantText } from "../../store/json.ts";
import { iso } from "../../store/placement.ts";
import type { Schema } from "../../store/schema.ts";
import { withoutSecondaryIndexes } from "./secondary-indexes.ts";
import { SEQUENCE, STEPS } from "./workspace.ts";

/** Who is due when: waves of one size, spread over all that are filled in, and the rest over the month after. */
export interface Waves {
  readonly size: number;
  /** Epoch ms, a wave each. */
  readonly due: readonly number[];
  /** When the first of the rest is due, epoch ms. */
  readonly later: number;
}

/** The first and the last of what is filled in. */
type Range = readonly [first: number, last: number];
type Trx = Transaction<Schema>;

/** From here on it is quicker to build the indexes anew. */
const MANY = 50_000;

/**
 * Fills the tables with what the engine would have written to enroll so many, who wait for their first step:
 * contact `c<i>` and charge `ch<i>` each.
 * @param count how many there are to be in the end
 * @param now epoch ms, when they were enrolled
 * @param known how many there are already, from an earlier call
 */
export async function populate(
  db: Db,
  count: number,
  waves: Waves,
  now: number,
  known = 0,
): Promise<void> {
  const range: Range = [known + 1, count];
  const into = (tables: readonly string[], insert: (trx: Trx) => Promise<void>) =>
    db.transaction().execute(async (trx) => {
      // A superuser's right: the rows refer to each other as they should, and nobody needs to look it up.
      await sql`set local session_replication_role = replica`.execute(trx);
      const fill = () => insert(trx);
      await (count - known < MANY ? fill() : withoutSecondaryIndexes(trx, tables, fill));
    });
  await Promise.all([
    into(["contacts", "targets"], (trx) => insertPeople(trx, range, iso(now))),
    into(["enrollments", "history"], (trx) => insertEnrollments(trx, range, waves, iso(now))),
  ]);
  await sql`vacuum (analyze)`.execute(db);
  await sql`checkpoint`.execute(db);
}

/** Text that becomes JSON takes PostgreSQL half the time of an object that it builds. */
async function insertPeople(trx: Trx, [first, last]: Range, at: string): Promise<void> {
  await sql`
    insert into contacts (id, data, updated_at)
    select 'c' || i, ('{"first_name": "Ana", "last_name": "Lima", "name": "Ana Lima", "email": "c' || i
      || '@example.com", "phone": "+1555010' || i || '", "timezone": "Europe/Lisbon", "language": "en"}')::jsonb,
      ${at}::timestamptz
    from generate_series(${first}::integer, ${last}::integer) i`.execute(trx);
  await sql`
    insert into targets (type, id, contact_id, data, updated_at)
    select 'charge', 'ch' || i, 'c' || i, ('{"number": "A-' || i || '", "amount": ' || 12.5 + i % 90
      || ', "currency": "EUR", "due_on": "2026-04-01", "status": "pending", "payment_url": "https://pay.example.com/'
      || i || '"}')::jsonb, ${at}::timestamptz
    from generate_series(${first}::integer, ${last}::integer) i`.execute(trx);
}

async function insertEnrollments(
  trx: Trx,
  [first, last]: Range,
  { size, due, later }: Waves,
  at: string,
): Promise<void> {
  const count = last - first + 1;
  const waves = due.length;
  const every = Math.floor(count / (size * waves));
  if (every < 1) throw new Error(`${count} are too few for ${waves} waves of ${size}`);
  const wave = sql`n / ${every}::integer`;
  // Ids are in the order of time, and those of a later call come after them.
  const ahead = sql`${iso(Date.parse(at) + first)}::timestamptz - statement_timestamp()`;
  await sql`
    insert into enrollments (id, sequence_id, version, target_type, target_id, contact_id, live_key, state,
      step_id, base_at, next_due_at, expires_at, started_at, updated_at)
    select uuidv7(${ahead}), ${SEQUENCE}, 1, 'charge', 'ch' || i, 'c' || i,
      'target:charge:ch' || i, 'active', ${STEPS[0]}, ${at}::timestamptz, due, due + interval '2 days',
      ${at}::timestamptz, ${at}::timestamptz
    from generate_series(${first}::integer, ${last}::integer) i,
      lateral (select i - ${first - 1}::integer as n) numbered,
      lateral (select case when n % ${every}::integer = 0 and ${wave} <= ${size * waves}::integer
        then (${due.map(iso)}::timestamptz[])[1 + (${wave}) % ${waves}::integer]
        else ${iso(later)}::timestamptz + (n % 720) * interval '1 hour' end as due) scheduled`.execute(
    trx,
  );
  const added = sql`substr(contact_id, 2)::integer between ${first}::integer and ${last}::integer`;
  // As the triggers would have done, which do nothing here.
  await sql`
    insert into due select waits_until, id from enrollments where ${added} order by 1, 2`.execute(
    trx,
  );
  // In a statement of its own: two tables in one take turns row by row, which takes longer.
  await sql`
    insert into history (enrollment_id, at, type, step_id, data)
    select id, ${at}::timestamptz,
      case line when 1 then 'enrolled' else 'scheduled' end,
      case line when 2 then ${STEPS[0]} end,
      case line when 1 then ${JSON.stringify({ sequence: SEQUENCE, version: 1 })}::jsonb
        else jsonb_build_object('due_at', ${instantText("next_due_at")}) end
    from (
      select id, next_due_at, generate_series(1, 2) as line from enrollments
      where ${added}
    ) told`.execute(trx);
}
