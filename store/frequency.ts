import { sql, type Transaction } from "kysely";
import { iso } from "./placement.ts";
import type { Schema } from "./schema.ts";

/**
 * When each contact was last sent marketing, by any sequence; what may have been sent counts. Locks the
 * contacts until the transaction ends, and looks only then: of two sends to one person at the same moment,
 * the second sees the first.
 * @param since epoch ms
 * @returns epoch ms by contact, ascending
 */
export async function lockMarketing(
  trx: Transaction<Schema>,
  contacts: readonly string[],
  since: number,
): Promise<Map<string, number[]>> {
  const ids = [...contacts];
  await sql`
    select id from contacts where id = any(${ids}::text[]) order by id for no key update
  `.execute(trx);
  const found = await sql<{ contact_id: string; times: Date[] }>`
    select e.contact_id, array_agg(coalesce(m.sent_at, m.updated_at) order by coalesce(m.sent_at, m.updated_at)) as times
    from unnest(${ids}::text[]) as given(id)
      join enrollments e on e.contact_id = given.id
      join sequence_versions v on v.sequence_id = e.sequence_id and v.version = e.version
      join messages m on m.enrollment_id = e.id
    where v.document ->> 'purpose' = 'marketing'
      and m.state in ('sending', 'sent', 'delivered', 'read', 'unknown')
      and coalesce(m.sent_at, m.updated_at) > ${iso(since)}::timestamptz
    group by e.contact_id
  `.execute(trx);
  return new Map(
    found.rows.map(({ contact_id, times }) => [contact_id, times.map((at) => at.getTime())]),
  );
}
