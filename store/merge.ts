import { sql, type Kysely, type RawBuilder } from "kysely";
import type { EntityData, FieldValue } from "../core/facts.ts";
import { iso } from "./placement.ts";
import { prepared } from "./prepared.ts";
import type { Schema } from "./schema.ts";

/** An entity after a merge, without its id. */
export interface Merged {
  readonly data: EntityData;
  /** This merge created it. */
  readonly created: boolean;
}

/** An entity as it is stored, its id beside its data. */
export interface Stored {
  readonly id: string;
  readonly data: EntityData;
  readonly updated_at: Date;
}

/**
 * One patch that does what two do in turn: given fields replace, `custom` merges per key. Null is kept,
 * because it clears what is stored.
 */
export function mergePatches(first: EntityData, second: EntityData): EntityData {
  const merged = { ...first, ...second };
  if (first.custom === undefined || second.custom === undefined) return merged;
  return { ...merged, custom: { ...first.custom, ...second.custom } };
}

/**
 * Creates or merges rows that are an id and data. Rows are locked in the order of their ids, whoever
 * calls, so that two batches never wait for each other.
 * @param given.also further assignments for a row that existed
 * @param given.alongside a statement that is carried out with it
 * @param now epoch ms
 */
export async function mergeRecords(
  db: Kysely<Schema>,
  table: "contacts" | "agents",
  given: { readonly also?: RawBuilder<unknown>; readonly alongside?: RawBuilder<unknown> },
  patches: ReadonlyMap<string, EntityData>,
  now: number,
): Promise<ReadonlyMap<string, Merged>> {
  if (patches.size === 0) return new Map();
  const { also = sql``, alongside } = given;
  const merged = await sql<MergedRow>`${prepared}
    ${alongside === undefined ? sql`` : sql`with alongside as (${alongside})`}
    ${upsert(table, also, patches, now)}
  `.execute(db);
  await stripNulls(db, table, patches);
  return mergedOf(merged.rows);
}

/** A row that an {@link upsert} returns. */
export type MergedRow = Merged & { readonly id: string };

/** The statement that creates or merges them; nulls of a row that is new are left to {@link stripNulls}. */
export function upsert(
  table: "contacts" | "agents",
  also: RawBuilder<unknown>,
  patches: ReadonlyMap<string, EntityData>,
  now: number,
): RawBuilder<MergedRow> {
  const rows = [...patches].map(([id, data]) => ({ id, data }));
  return sql`
    insert into ${sql.table(table)} (id, data, updated_at)
    select id, data, ${iso(now)}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id text, data jsonb)
    order by id
    on conflict (id) do update set
      data = ${mergedData(table)}, updated_at = excluded.updated_at ${also}
    returning id, data, (xmax = 0) as created`;
}

/** Takes away what patches that were just merged have cleared. */
export async function stripNulls(
  db: Kysely<Schema>,
  table: "contacts" | "agents",
  patches: ReadonlyMap<string, EntityData>,
): Promise<void> {
  const nulls = [...patches].filter(([, data]) => hasNulls(data)).map(([id]) => id);
  if (nulls.length === 0) return;
  await sql`
    update ${sql.table(table)} set data = jsonb_strip_nulls(data)
    where id = any(${nulls}::text[])
  `.execute(db);
}

/** What was merged, by id, as readers see it. */
export function mergedOf(rows: readonly MergedRow[]): ReadonlyMap<string, Merged> {
  return new Map(rows.map(({ id, data, created }) => [id, { data: tidy(data), created }]));
}

/** The rows among `ids` that exist and meet `condition`, by id. */
export async function readRecords(
  db: Kysely<Schema>,
  table: "contacts" | "agents",
  condition: RawBuilder<unknown>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, EntityData>> {
  if (ids.length === 0) return new Map();
  const found = await sql<Stored>`
    select id, data from ${sql.table(table)} where id = any(${[...ids]}::text[]) and ${condition}
  `.execute(db);
  return new Map(found.rows.map(({ id, data }) => [id, tidy(data)]));
}

/** One row that meets `condition`, or null. */
export async function readRecord(
  db: Kysely<Schema>,
  table: "contacts" | "agents",
  condition: RawBuilder<unknown>,
  id: string,
): Promise<Stored | null> {
  const found = await sql<Stored>`
    select id, data, updated_at from ${sql.table(table)} where id = ${id} and ${condition}
  `.execute(db);
  const [row] = found.rows;
  return row === undefined ? null : { ...row, data: tidy(row.data) };
}

/**
 * The `data` that a conflicting insert leaves behind: the rules of `mergePatches` on top of what is
 * stored, and nulls gone. Done by the database, so that of two merges at once both count.
 */
export function mergedData(table: "contacts" | "agents" | "targets"): RawBuilder<string> {
  const stored = sql.ref(`${table}.data`);
  return sql<string>`jsonb_strip_nulls(${stored} || excluded.data || jsonb_build_object('custom',
    coalesce(${stored} -> 'custom', '{}') || coalesce(excluded.data -> 'custom', '{}')))`;
}

/** Whether a patch clears something. A fresh row takes its nulls in; they are stripped after it. */
export function hasNulls(patch: EntityData): boolean {
  const values: unknown[] = Object.values(patch);
  return values.includes(null) || Object.values(patch.custom ?? {}).includes(null);
}

/** Stored data as readers see it: what was cleared, and an empty `custom`, are absent. */
export function tidy(data: EntityData): EntityData {
  const { custom = {}, ...fields } = data;
  const own = withoutNulls(custom);
  return { ...withoutNulls(fields), ...(Object.keys(own).length === 0 ? {} : { custom: own }) };
}

function withoutNulls(object: { readonly [key: string]: unknown }) {
  const entries = Object.entries(object).filter(([, value]) => value !== null);
  return Object.fromEntries(entries) as { [key: string]: FieldValue };
}
