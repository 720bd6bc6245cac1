import { sql, type Kysely } from "kysely";
import { iso } from "./placement.ts";
import type { Schema } from "./schema.ts";

const DAY_MS = 86_400_000;

/**
 * Locks conversations that are not resolved, whose contact wrote last after `from` and no later than `to`,
 * and which have not been enrolled in a sequence since. One whose row another transaction has is left for the
 * next time: somebody may be writing in it at this moment. Must run in a transaction.
 * @param from epoch ms, like `to`
 * @param after the id to go on after
 * @returns their ids, in order
 */
export async function lockSilent(
  trx: Kysely<Schema>,
  sequence: string,
  { from, to }: { readonly from: number; readonly to: number },
  after: string,
  limit: number,
): Promise<string[]> {
  // As it was written, with any offset: days that it can be on for the index, the instant for the rest.
  const [first, last] = [dayOf(from - DAY_MS), dayOf(to + 2 * DAY_MS)];
  const found = await sql<{ id: string }>`
    select t.id from targets t
    where t.type = 'conversation' and t.data ->> 'last_inbound_at' is not null
      and t.data ->> 'last_inbound_at' >= ${first} and t.data ->> 'last_inbound_at' < ${last}
      and (t.data ->> 'last_inbound_at')::timestamptz > ${iso(from)}::timestamptz
      and (t.data ->> 'last_inbound_at')::timestamptz <= ${iso(to)}::timestamptz
      and t.data ->> 'status' is distinct from 'resolved' and t.id > ${after}
      and not exists (
        select from enrollments e
        where e.sequence_id = ${sequence} and e.target_type = 'conversation' and e.target_id = t.id
          and (e.ended_at is null or e.started_at >= (t.data ->> 'last_inbound_at')::timestamptz))
    order by t.id limit ${limit}
    for no key update of t skip locked
  `.execute(trx);
  return found.rows.map((row) => row.id);
}

function dayOf(instant: number): string {
  return iso(instant).slice(0, 10);
}
