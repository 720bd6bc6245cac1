import { sql, type Kysely, type RawBuilder } from "kysely";
import type { EntityData } from "../core/facts.ts";
import type { TargetType } from "../core/language/document.ts";
import { hasNulls, mergedData, tidy, type Merged } from "./merge.ts";
import { iso } from "./placement.ts";
import type { Schema } from "./schema.ts";

/** What an enrollment can be about besides the contact itself. */
export type RecordType = Exclude<TargetType, "contact">;

export interface TargetRef {
  readonly type: RecordType;
  readonly id: string;
}

export interface TargetPatch extends TargetRef {
  readonly contactId: string;
  /** Without `id` and `contact_id`. */
  readonly data: EntityData;
}

export interface Target {
  readonly type: RecordType;
  readonly id: string;
  readonly contact_id: string;
  readonly data: EntityData;
  readonly updated_at: Date;
}

/** The key of a target in maps; a type holds no colon. */
export function targetKey(target: { readonly type: TargetType; readonly id: string }): string {
  return `${target.type}:${target.id}`;
}

/**
 * Creates or merges targets, each at most once in `patches`. A target stays with its contact: one
 * that belongs to another contact is left alone and missing from the result. That the contact is there is for
 * the caller to see to; none is ever deleted.
 * @param now epoch ms
 * @returns what was merged, by `targetKey`
 */
export async function mergeTargets(
  db: Kysely<Schema>,
  patches: readonly TargetPatch[],
  now: number,
): Promise<ReadonlyMap<string, Merged>> {
  if (patches.length === 0) return new Map();
  const merged = await upsertTargets(patches, sql`true`, now).execute(db);
  await stripTargetNulls(db, patches);
  return mergedTargets(merged.rows);
}

/** A row that an {@link upsertTargets} returns. */
export type MergedTargetRow = Merged & TargetRef;

/**
 * The statement that creates or merges them; nulls of a row that is new are left to {@link stripTargetNulls}.
 * @param condition what must hold
 */
export function upsertTargets(
  patches: readonly TargetPatch[],
  condition: RawBuilder<unknown>,
  now: number,
): RawBuilder<MergedTargetRow> {
  const rows = patches.map(({ contactId, ...patch }) => ({ ...patch, contact_id: contactId }));
  return sql`
    insert into targets (type, id, contact_id, data, updated_at)
    select type, id, contact_id, data, ${iso(now)}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r(type text, id text, contact_id text, data jsonb)
    where ${condition}
    order by type, id
    on conflict (type, id) do update set
      data = ${mergedData("targets")}, updated_at = excluded.updated_at
      where targets.contact_id = excluded.contact_id
    returning type, id, data, (xmax = 0) as created`;
}

/** Takes away what patches that were just merged have cleared. */
export async function stripTargetNulls(
  db: Kysely<Schema>,
  patches: readonly TargetPatch[],
): Promise<void> {
  const nulls = patches.filter(({ data }) => hasNulls(data)).map(({ type, id }) => ({ type, id }));
  if (nulls.length === 0) return;
  await sql`
    update targets t set data = jsonb_strip_nulls(t.data)
    from jsonb_to_recordset(${JSON.stringify(nulls)}::jsonb) as r(type text, id text)
    where t.type = r.type and t.id = r.id
  `.execute(db);
}

/** What was merged, by `targetKey`, as readers see it. */
export function mergedTargets(rows: readonly MergedTargetRow[]): ReadonlyMap<string, Merged> {
  return new Map(
    rows.map((row) => [targetKey(row), { data: tidy(row.data), created: row.created }]),
  );
}

/** The targets among `refs` that exist, by `targetKey`. */
export async function readTargets(
  db: Kysely<Schema>,
  refs: readonly TargetRef[],
): Promise<ReadonlyMap<string, Target>> {
  if (refs.length === 0) return new Map();
  const rows = await sql<Target>`
    select t.type, t.id, t.contact_id, t.data, t.updated_at
    from jsonb_to_recordset(${JSON.stringify(refs)}::jsonb) as r(type text, id text)
    join targets t on t.type = r.type and t.id = r.id
  `.execute(db);
  return new Map(rows.rows.map((row) => [targetKey(row), { ...row, data: tidy(row.data) }]));
}

/** One target, or null when there is none. */
export async function readTarget(db: Kysely<Schema>, ref: TargetRef): Promise<Target | null> {
  return (await readTargets(db, [ref])).get(targetKey(ref)) ?? null;
}
