import { sql, type Kysely } from "kysely";
import type { CanonicalDocument, Duration, TargetType } from "../core/language/document.ts";
import type { Schema } from "./schema.ts";

/** What enrolling needs to know of a sequence. */
export interface ActiveVersion {
  readonly id: string;
  readonly state: "active" | "retired";
  readonly version: number;
  readonly target: TargetType;
}

interface SequenceSummary {
  readonly id: string;
  readonly name: string;
  readonly state: "active" | "retired";
  readonly active_version: number;
  readonly target: TargetType;
  readonly purpose: "transactional" | "marketing";
  readonly steps: number;
  readonly path: string;
  readonly commit_sha: string;
  readonly published_at: Date;
  readonly updated_at: Date;
}

interface VersionSummary {
  readonly sequence_id: string;
  readonly version: number;
  readonly digest: string;
  readonly format: number;
  readonly path: string;
  readonly commit_sha: string;
  readonly author: string;
  readonly committed_at: Date;
  readonly published_at: Date;
}

interface VersionDetail extends VersionSummary {
  readonly document: CanonicalDocument;
  /** The file as it was committed. */
  readonly source: string;
}

const VERSION_COLUMNS = [
  "sequence_id",
  "version",
  "digest",
  "format",
  "path",
  "commit_sha",
  "author",
  "committed_at",
  "published_at",
] as const;

/** The sequences among `ids` that exist, with the version that a new enrollment starts on. */
export async function readActiveVersions(
  db: Kysely<Schema>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ActiveVersion>> {
  if (ids.length === 0) return new Map();
  const found = await sql<ActiveVersion>`
    select s.id, s.state, s.active_version as version, v.document ->> 'target' as target
    from sequences s
    join sequence_versions v on v.sequence_id = s.id and v.version = s.active_version
    where s.id = any(${[...ids]}::text[])
  `.execute(db);
  return new Map(found.rows.map((row) => [row.id, row]));
}

/** The active sequences with a trigger for any of these events. */
export async function listListening(
  db: Kysely<Schema>,
  events: readonly string[],
): Promise<ActiveVersion[]> {
  const found = await sql<ActiveVersion>`
    select s.id, s.state, s.active_version as version, v.document ->> 'target' as target
    from sequences s
    join sequence_versions v on v.sequence_id = s.id and v.version = s.active_version
    where s.state = 'active' and exists (
      select from jsonb_array_elements(v.document -> 'triggers') as t
      where t ->> 'event' = any(${[...events]}::text[])
    )
    order by s.id
  `.execute(db);
  return found.rows;
}

/** The active sequences that a silence begins, with each length of it. */
export async function listAwaitingSilence(
  db: Kysely<Schema>,
): Promise<{ readonly id: string; readonly version: number; readonly inactive: Duration }[]> {
  const found = await sql<{ id: string; version: number; inactive: Duration }>`
    select s.id, s.active_version as version, t -> 'inactive' as inactive
    from sequences s
    join sequence_versions v on v.sequence_id = s.id and v.version = s.active_version,
      jsonb_array_elements(v.document -> 'triggers') as t
    where s.state = 'active' and t ? 'inactive'
    order by s.id
  `.execute(db);
  return found.rows;
}

/** Every sequence's id, for "did you mean". */
export async function listSequenceIds(db: Kysely<Schema>): Promise<string[]> {
  const rows = await db.selectFrom("sequences").select("id").orderBy("id").execute();
  return rows.map((row) => row.id);
}

/** Sequences by id, strictly after `page.after`; with `id`, that one alone. */
export async function listSequences(
  db: Kysely<Schema>,
  filter: { readonly id?: string },
  page: { readonly after: string | null; readonly limit: number },
): Promise<SequenceSummary[]> {
  const found = await sql<SequenceSummary>`
    select s.id, s.name, s.state, s.active_version, s.updated_at, v.path, v.commit_sha, v.published_at,
      v.document ->> 'target' as target,
      coalesce(v.document ->> 'purpose', 'transactional') as purpose,
      jsonb_array_length(v.document -> 'steps') as steps
    from sequences s
    join sequence_versions v on v.sequence_id = s.id and v.version = s.active_version
    where (${filter.id ?? null}::text is null or s.id = ${filter.id ?? null})
      and (${page.after}::text is null or s.id > ${page.after})
    order by s.id
    limit ${page.limit}
  `.execute(db);
  return found.rows;
}

/** Live enrollments of one version whose next step is the same. */
interface LiveCount {
  readonly version: number;
  /** Null while it has no next step. */
  readonly step: string | null;
  readonly count: number;
}

/** How many enrollments of a sequence are under way, by version and next step. */
export async function countLive(db: Kysely<Schema>, sequence: string): Promise<LiveCount[]> {
  // The states are written as the index of live enrollments has them.
  const found = await sql<LiveCount>`
    select version, step_id as step, count(*)::integer as count
    from enrollments
    where sequence_id = ${sequence} and state in ('active', 'paused', 'held')
    group by version, step_id
    order by version desc, step_id
  `.execute(db);
  return found.rows;
}

/** A sequence's versions, newest first, strictly below `page.below`. */
export function listVersions(
  db: Kysely<Schema>,
  sequence: string,
  page: { readonly below: number | null; readonly limit: number },
): Promise<VersionSummary[]> {
  let query = db
    .selectFrom("sequence_versions")
    .select(VERSION_COLUMNS)
    .where("sequence_id", "=", sequence)
    .orderBy("version", "desc")
    .limit(page.limit);
  if (page.below !== null) query = query.where("version", "<", page.below);
  return query.execute();
}

/** One version with its document and source; null when there is none. */
export async function readVersion(
  db: Kysely<Schema>,
  sequence: string,
  version: number,
): Promise<VersionDetail | null> {
  const row = await db
    .selectFrom("sequence_versions")
    .select([...VERSION_COLUMNS, "document", "source"])
    .where("sequence_id", "=", sequence)
    .where("version", "=", version)
    .executeTakeFirst();
  return row ?? null;
}
