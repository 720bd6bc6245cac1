import { sql, type Kysely } from "kysely";
import type { EntityData } from "../core/facts.ts";
import type { Channel } from "../core/language/document.ts";
import { mergeRecords, readRecord, readRecords, tidy, type Merged, type Stored } from "./merge.ts";
import { recogniseSuppressed } from "./privacy.ts";
import type { Schema } from "./schema.ts";

/**
 * Creates or merges contacts. One that was erased begins anew. Data neither holds nor returns the id.
 * @param now epoch ms
 */
export function mergeContacts(
  db: Kysely<Schema>,
  patches: ReadonlyMap<string, EntityData>,
  now: number,
): Promise<ReadonlyMap<string, Merged>> {
  const alongside = recogniseSuppressed([...patches.values()]);
  return mergeRecords(db, "contacts", { also: sql`, erased_at = null`, alongside }, patches, now);
}

/** The contacts among `ids` that exist, by id. */
export function readContacts(
  db: Kysely<Schema>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, EntityData>> {
  return readRecords(db, "contacts", sql`erased_at is null`, ids);
}

/** The contacts that have an address, as suppressions compare it. */
export async function findContacts(
  db: Kysely<Schema>,
  { channel, address }: { readonly channel: Channel; readonly address: string },
): Promise<string[]> {
  const condition =
    channel === "email"
      ? sql`lower(data ->> 'email') = ${address}`
      : sql`data ->> 'phone' = ${address}`;
  const found = await sql<{ id: string }>`select id from contacts where ${condition}`.execute(db);
  return found.rows.map((row) => row.id);
}

/**
 * Locks contacts until the transaction ends, in the order in which merges lock them: what is worked out
 * from their data stays true until it is committed.
 * @returns those among them that were not erased, by id
 */
export async function lockContacts(
  trx: Kysely<Schema>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, EntityData>> {
  if (ids.length === 0) return new Map();
  const locked = await sql<{ id: string; data: EntityData; is_erased: boolean }>`
    select id, data, erased_at is not null as is_erased from contacts
    where id = any(${[...ids]}::text[]) order by id for no key update
  `.execute(trx);
  const there = locked.rows.filter((row) => !row.is_erased);
  return new Map(there.map(({ id, data }) => [id, tidy(data)]));
}

/** One contact, or null when there is none. */
export function readContact(db: Kysely<Schema>, id: string): Promise<Stored | null> {
  return readRecord(db, "contacts", sql`erased_at is null`, id);
}
