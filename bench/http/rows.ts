import { sql } from "kysely";
import type { Db } from "../../store/database.ts";
import { iso } from "../../store/placement.ts";

/**
 * Somebody new and a charge of theirs, with about as many fields as an application sends.
 * @param name tells one row from another
 */
export function enrollmentOf(name: string, sequence: string) {
  const charge = {
    number: `A-${name}`,
    amount: 42.5,
    currency: "EUR",
    due_on: "2099-04-01",
    status: "pending",
    payment_url: `https://pay.example.com/${name}`,
  };
  const contact = {
    id: `c-${name}`,
    first_name: "Ana",
    last_name: "Lima",
    email: `${name}@example.com`,
    timezone: "Europe/Lisbon",
    language: "en",
  };
  return { sequence, target: { type: "charge", id: `ch-${name}` }, contact, data: charge };
}

/**
 * Puts the people and charges of `enrollmentOf` into the tables, named `<prefix>-0`, `<prefix>-1`, …
 * @param now epoch ms
 */
export async function knowAlready(db: Db, prefix: string, count: number, now: number) {
  const { contact, data } = enrollmentOf("known", "");
  const { id: _, ...fields } = contact;
  const at = iso(now);
  await sql`
    insert into contacts (id, data, updated_at)
    select 'c-' || ${prefix} || '-' || n, ${JSON.stringify(fields)}::jsonb, ${at}::timestamptz
    from generate_series(0, ${count - 1}::integer) n`.execute(db);
  await sql`
    insert into targets (type, id, contact_id, data, updated_at)
    select 'charge', 'ch-' || ${prefix} || '-' || n, 'c-' || ${prefix} || '-' || n,
      ${JSON.stringify(data)}::jsonb, ${at}::timestamptz
    from generate_series(0, ${count - 1}::integer) n`.execute(db);
}
