import { sql, type Kysely } from "kysely";
import type { EntityData } from "../core/facts.ts";
import type { Channel } from "../core/language/document.ts";
import {
  mergedOf,
  mergeRecords,
  readRecord,
  readRecords,
  stripNulls,
  tidy,
  upsert,
  type Merged,
  type MergedRow,
  type Stored,
} from "./merge.ts";
import { prepared } from "./prepared.ts";
import { recogniseSuppressed } from "./privacy.ts";
import type { Schema } from "./schema.ts";
import {
  mergedTargets,
  mergeTargets,
  stripTargetNulls,
  upsertTargets,
  type MergedTargetRow,
  type TargetPatch,
} from "./targets.ts";

/** An erased contact that is given anew is there again. */
const UNERASED = sql`, erased_at = null`;

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
  return mergeRecords(db, "contacts", { also: UNERASED, alongside }, patches, now);
}

/**
 * Creates or merges contacts and targets of theirs in one statement, contacts first.
 * @param now epoch ms
 * @returns contacts by id, and targets by `targetKey`, as `mergeContacts` and `mergeTargets` do
 */
export async function mergeContactsAndTargets(
  db: Kysely<Schema>,
  patches: ReadonlyMap<string, EntityData>,
  ofTargets: readonly TargetPatch[],
  now: number,
): Promise<{
  readonly contacts: ReadonlyMap<string, Merged>;
  readonly targets: ReadonlyMap<string, Merged>;
}> {
  if (patches.size === 0 || ofTargets.length === 0) {
    const contacts = await mergeContacts(db, patches, now);
    return { contacts, targets: await mergeTargets(db, ofTargets, now) };
  }
  const merged = await sql<MergedTargetRow | (MergedRow & { readonly type: "contact" })>`${prepared}
    with alongside as (
      ${recogniseSuppressed([...patches.values()])}
    ), people as (
      ${upsert("contacts", UNERASED, patches, now)}
    ), records as (
      ${upsertTargets(ofTargets, sql`(select count(*) from people) >= 0`, now)}
    )
    select 'contact' as type, id, data, created from people
    union all
    select type, id, data, created from records
  `.execute(db);
  await stripNulls(db, "contacts", patches);
  await stripTargetNulls(db, ofTargets);
  return {
    contacts: mergedOf(merged.rows.filter((row) => row.type === "contact")),
    targets: mergedTargets(merged.rows.filter((row) => row.type !== "contact")),
  };
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
