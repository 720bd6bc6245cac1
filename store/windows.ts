import { sql, type Kysely } from "kysely";
import { iso } from "./placement.ts";
import type { Schema } from "./schema.ts";

/** One contact at one inbox. */
interface Window {
  readonly contact: string;
  readonly inbox: string;
}

/** Closes WhatsApp's windows that a provider said are closed; the contact's next message opens them. */
export async function closeWindows(
  db: Kysely<Schema>,
  windows: readonly Window[],
  now: number,
): Promise<void> {
  if (windows.length === 0) return;
  await sql`
    update targets t set window_closed_at = ${iso(now)}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(windows)}::jsonb) as r(contact text, inbox text)
    where t.type = 'conversation' and t.contact_id = r.contact and t.data ->> 'inbox' = r.inbox
  `.execute(db);
}

/**
 * Keeps other processes from writing from an inbox to these addresses until the transaction ends.
 * @param addresses as they are compared: in lower case
 */
export async function lockPairs(
  trx: Kysely<Schema>,
  inbox: string,
  addresses: readonly string[],
): Promise<void> {
  // In the keys' order, so that no two wait for each other.
  await sql`
    select pg_advisory_xact_lock(key) from (
      select distinct hashtextextended(${`${inbox} `} || address, 0) as key
      from unnest(${[...addresses]}::text[]) as given(address) order by key
    ) keys
  `.execute(trx);
}

/**
 * When an inbox wrote to each address last, if that was after `since`.
 * @param addresses as they are compared: in lower case
 * @param since epoch ms
 * @returns epoch ms by address
 */
export async function lastSends(
  db: Kysely<Schema>,
  inbox: string,
  addresses: readonly string[],
  since: number,
): Promise<Map<string, number>> {
  const found = await sql<{ address: string; at: Date }>`
    select given.address, last.at
    from unnest(${[...addresses]}::text[]) as given(address), lateral (
      select max(coalesce(sent_at, updated_at)) as at from messages
      where lower(address) = given.address and inbox_id = ${inbox}
        and state in ('sending', 'sent', 'delivered', 'read', 'unknown')
        and updated_at > ${iso(since)}::timestamptz
    ) last
    where last.at > ${iso(since)}::timestamptz
  `.execute(db);
  return new Map(found.rows.map(({ address, at }) => [address, at.getTime()]));
}
