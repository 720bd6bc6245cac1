import { sql } from "kysely";
import type { Db } from "../../store/database.ts";
import { iso } from "../../store/placement.ts";
import { SEQUENCE, STEPS } from "./workspace.ts";

/** Who is due when: waves of one size, spread over the whole table, and the rest over the month after. */
export interface Waves {
  readonly size: number;
  /** Epoch ms, a wave each. */
  readonly due: readonly number[];
  /** When the first of the rest is due, epoch ms. */
  readonly later: number;
}

/**
 * Fills the tables with enrollments that wait for their first step: contact `c<i>` and charge `ch<i>` each.
 * @param now epoch ms
 */
export async function populate(db: Db, count: number, waves: Waves, now: number): Promise<void> {
  const at = iso(now);
  const every = Math.floor(count / (waves.size * waves.due.length));
  await sql`
    insert into contacts (id, data, updated_at)
    select 'c' || i, jsonb_build_object('first_name', 'Ana', 'last_name', 'Lima', 'name', 'Ana Lima',
      'email', 'c' || i || '@example.com', 'phone', '+1555010' || i, 'timezone', 'Europe/Lisbon',
      'language', 'en'), ${at}::timestamptz
    from generate_series(1, ${count}::integer) i`.execute(db);
  await sql`
    insert into targets (type, id, contact_id, data, updated_at)
    select 'charge', 'ch' || i, 'c' || i, jsonb_build_object('number', 'A-' || i, 'amount', 12.5 + i % 90,
      'currency', 'EUR', 'due_on', '2026-04-01', 'status', 'pending',
      'payment_url', 'https://pay.example.com/' || i), ${at}::timestamptz
    from generate_series(1, ${count}::integer) i`.execute(db);
  await sql`
    insert into enrollments (id, sequence_id, version, target_type, target_id, contact_id, live_key, state,
      step_id, base_at, next_due_at, expires_at, started_at, updated_at)
    select uuidv7(), ${SEQUENCE}, 1, 'charge', 'ch' || i, 'c' || i, 'target:charge:ch' || i,
      'active', ${STEPS[0]}, ${at}::timestamptz, due, due + interval '2 days', ${at}::timestamptz,
      ${at}::timestamptz
    from generate_series(1, ${count}::integer) i, lateral (
      select coalesce(
        case when i % ${every}::integer = 0 and i / ${every}::integer <= ${waves.size * waves.due.length}::integer
          then (${waves.due.map(iso)}::timestamptz[])[1 + (i / ${every}::integer) % ${waves.due.length}::integer] end,
        ${iso(waves.later)}::timestamptz + (i % 720) * interval '1 hour') as due
    ) d`.execute(db);
  await sql`vacuum (analyze)`.execute(db);
}
