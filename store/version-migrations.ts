import { sql, type Kysely, type Selectable } from "kysely";
import { newId } from "./ids.ts";
import { iso } from "./placement.ts";
import type { Schema, VersionMigrationTable } from "./schema.ts";

export type VersionMigration = Selectable<VersionMigrationTable>;

/** Whose live enrollments go where. */
export interface MigrationRoute {
  readonly sequence: string;
  readonly from: number;
  readonly to: number;
  /** Steps of the one version that have another name in the other. */
  readonly map: { readonly [step: string]: string };
}

/** How many live enrollments of a version stand at each step. */
export async function countLiveBySteps(
  db: Kysely<Schema>,
  sequence: string,
  version: number,
): Promise<ReadonlyMap<string, number>> {
  const found = await sql<{ step_id: string; count: number }>`
    select step_id, count(*)::integer as count from enrollments
    where sequence_id = ${sequence} and version = ${version} and state in ('active', 'paused', 'held')
      and step_id is not null
    group by step_id
  `.execute(db);
  return new Map(found.rows.map((row) => [row.step_id, row.count]));
}

/**
 * Records that live enrollments are to be carried to another version; whoever carries them finds it.
 * @param now epoch ms
 * @returns null when another migration away from that version is under way
 */
export async function startMigration(
  db: Kysely<Schema>,
  route: MigrationRoute,
  by: string,
  now: number,
): Promise<VersionMigration | null> {
  const { sequence, from, to, map } = route;
  const started = await db
    .insertInto("version_migrations")
    .values({
      id: newId(now),
      sequence_id: sequence,
      from_version: from,
      to_version: to,
      map: JSON.stringify(map),
      created_at: iso(now),
      created_by: by,
    })
    .onConflict((conflict) =>
      conflict.columns(["sequence_id", "from_version"]).where("state", "=", "running").doNothing(),
    )
    .returningAll()
    .executeTakeFirst();
  return started ?? null;
}

/** One migration; null when there is none. */
export async function readMigration(
  db: Kysely<Schema>,
  id: string,
): Promise<VersionMigration | null> {
  const rows = db.selectFrom("version_migrations").selectAll().where("id", "=", id);
  return (await rows.executeTakeFirst()) ?? null;
}

/** Migrations, newest first, strictly after the id `page.after`. */
export function listMigrations(
  db: Kysely<Schema>,
  page: { readonly after: string | null; readonly limit: number },
): Promise<VersionMigration[]> {
  let query = db
    .selectFrom("version_migrations")
    .selectAll()
    .orderBy("id", "desc")
    .limit(page.limit);
  if (page.after !== null) query = query.where("id", "<", page.after);
  return query.execute();
}

/** Takes the oldest migration under way that no other process has in hand at this moment. */
export async function lockRunning(trx: Kysely<Schema>): Promise<VersionMigration | null> {
  const rows = trx
    .selectFrom("version_migrations")
    .selectAll()
    .where("state", "=", "running")
    .orderBy("id")
    .limit(1)
    .forUpdate()
    .skipLocked();
  return (await rows.executeTakeFirst()) ?? null;
}

/** The next live enrollments of a version after an id. */
export async function pageOfVersion(
  trx: Kysely<Schema>,
  migration: VersionMigration,
  limit: number,
): Promise<string[]> {
  let query = trx
    .selectFrom("enrollments")
    .select("id")
    .where("sequence_id", "=", migration.sequence_id)
    .where("version", "=", migration.from_version)
    .where("state", "in", ["active", "paused", "held"])
    .orderBy("id")
    .limit(limit);
  if (migration.cursor !== null) query = query.where("id", ">", migration.cursor);
  return (await query.execute()).map((row) => row.id);
}

/** What the messages of enrollments say against carrying them on. */
export interface Written {
  readonly enrollment_id: string;
  /** Every step that something was recorded of. */
  readonly steps: readonly string[];
  /** Whether a send may or may not have happened. */
  readonly unknown: boolean;
}

/** Reads which steps of enrollments have been sent, tried or passed over. */
export async function readWritten(
  trx: Kysely<Schema>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Written>> {
  const found = await sql<Written>`
    select enrollment_id, array_agg(distinct step_id) as steps, bool_or(state = 'unknown') as unknown
    from messages where enrollment_id = any(${[...ids]}::uuid[])
    group by enrollment_id
  `.execute(trx);
  return new Map(found.rows.map((row) => [row.enrollment_id, row]));
}

/** How far a migration has come. */
interface MigrationProgress {
  readonly cursor: string | null;
  readonly moved: number;
  readonly left: { readonly [reason: string]: number };
  readonly done: boolean;
}

/** @param now epoch ms */
export async function recordProgress(
  trx: Kysely<Schema>,
  id: string,
  progress: MigrationProgress,
  now: number,
): Promise<void> {
  const { cursor, moved, left, done } = progress;
  await trx
    .updateTable("version_migrations")
    .set({
      cursor,
      moved,
      left_behind: JSON.stringify(left),
      ...(done ? { state: "done" as const, finished_at: iso(now) } : {}),
    })
    .where("id", "=", id)
    .execute();
}
