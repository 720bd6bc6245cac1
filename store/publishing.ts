import { sql, type Transaction } from "kysely";
import { canonicalJson } from "../core/language/digest.ts";
import type { AttributeDeclaration, CanonicalDocument } from "../core/language/document.ts";
import type { Inbox, Policy } from "../core/language/policy.ts";
import { activeIds, type KnownSequences } from "./known-sequences.ts";
import { iso } from "./placement.ts";
import { retiredBy } from "./retired.ts";
import type { ReconciliationChanges, Schema } from "./schema.ts";

export interface VersionToPublish {
  readonly id: string;
  readonly document: CanonicalDocument;
  readonly digest: string;
  readonly path: string;
  readonly source: string;
}

/** Everything that one commit publishes. */
export interface Publication {
  readonly commit: { readonly sha: string; readonly author: string; readonly committedAt: string };
  readonly sequences: readonly VersionToPublish[];
  readonly attributes: readonly AttributeDeclaration[];
  readonly policy: Policy;
  readonly inboxes: readonly Inbox[];
}

/**
 * Makes the versions of a commit that do not exist yet. A digest that a sequence has had before is that
 * version again: a revert makes no new one.
 * @returns the version number of each sequence, and which were made
 */
export async function publishVersions(
  trx: Transaction<Schema>,
  { commit, sequences }: Pick<Publication, "commit" | "sequences">,
  known: KnownSequences,
  now: number,
): Promise<{
  readonly numbers: ReadonlyMap<string, number>;
  readonly made: ReconciliationChanges["versions"];
}> {
  const numbers = new Map<string, number>();
  const made: { sequence: string; version: number; from: null }[] = [];
  const parents: object[] = [];
  const rows: object[] = [];
  for (const { id, document, digest, path, source } of sequences) {
    const earlier = known.get(id);
    const same = earlier?.versions.get(digest);
    const version = same ?? Math.max(0, ...(earlier?.versions.values() ?? [])) + 1;
    numbers.set(id, version);
    if (same !== undefined) continue;
    made.push({ sequence: id, version, from: null });
    const { format } = document;
    if (earlier === undefined) parents.push({ id, name: document.name ?? id, version });
    rows.push({ sequence_id: id, version, digest, format, document, source, path });
  }
  if (rows.length === 0) return { numbers, made };
  const at = iso(now);
  // A sequence exists from its first version on, but nobody starts in it before a pointer is moved.
  if (parents.length > 0) {
    await sql`
      insert into sequences (id, name, state, active_version, updated_at)
      select id, name, 'retired', version, ${at}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(parents)}::jsonb) as r(id text, name text, version integer)
    `.execute(trx);
  }
  await sql`
    insert into sequence_versions (sequence_id, version, digest, format, document, source, path,
      commit_sha, author, committed_at, published_at)
    select sequence_id, version, digest, format, document, source, path, ${commit.sha}, ${commit.author},
      ${commit.committedAt}::timestamptz, ${at}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(
      sequence_id text, version integer, digest text, format integer, document jsonb, source text, path text)
  `.execute(trx);
  return { numbers, made };
}

/**
 * Points every sequence to its version in this commit, retires what is no longer there, creates missing
 * attributes and applies the workspace: from here on new enrollments start on it.
 * @returns what changed
 */
export async function activate(
  trx: Transaction<Schema>,
  publication: Publication,
  known: KnownSequences,
  numbers: ReadonlyMap<string, number>,
  now: number,
): Promise<ReconciliationChanges> {
  const at = iso(now);
  const moved: { id: string; name: string; version: number }[] = [];
  const versions: { sequence: string; version: number; from: number | null }[] = [];
  for (const { id, document } of publication.sequences) {
    const before = known.get(id);
    const version = numbers.get(id)!;
    const name = document.name ?? id;
    const from = before?.state === "active" ? before.active : null;
    if (from !== version) versions.push({ sequence: id, version, from });
    if (from !== version || before?.name !== name) moved.push({ id, name, version });
  }
  await sql`
    update sequences s set name = r.name, state = 'active', active_version = r.version,
      updated_at = ${at}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(moved)}::jsonb) as r(id text, name text, version integer)
    where s.id = r.id
  `.execute(trx);
  const retired = retiredBy(publication, activeIds(known));
  if (retired.length > 0) {
    await trx
      .updateTable("sequences")
      .set({ state: "retired", updated_at: at })
      .where("id", "in", retired)
      .execute();
  }
  const attributes = await createAttributes(trx, publication, at);
  const policy = await applyPolicy(trx, publication, at);
  return { versions, retired, attributes, policy };
}

/** An attribute is never dropped and never changes its type; its options and description may. */
async function createAttributes(
  trx: Transaction<Schema>,
  { attributes, commit }: Publication,
  at: string,
): Promise<string[]> {
  if (attributes.length === 0) return [];
  const written = await sql<{ entity: string; key: string; is_new: boolean }>`
    insert into custom_attributes as a (entity, key, type, options, description, commit_sha, created_at)
    select entity, key, type, options, description, ${commit.sha}, ${at}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(attributes)}::jsonb) as r(
      entity text, key text, type text, options jsonb, description text)
    on conflict (entity, key) do update
      set options = excluded.options, description = excluded.description
    returning a.entity, a.key, a.xmax = 0 as is_new
  `.execute(trx);
  const created = written.rows.filter(({ is_new: isNew }) => isNew);
  return created.map(({ entity, key }) => `${entity}.${key}`);
}

/** @returns whether the policy or an inbox changed, so that due times have to be re-derived */
async function applyPolicy(
  trx: Transaction<Schema>,
  { policy, inboxes, commit }: Publication,
  at: string,
): Promise<boolean> {
  const current = await trx
    .selectFrom("workspace_policy")
    .select(["policy", "revision"])
    .executeTakeFirst();
  const stored = await trx
    .selectFrom("inboxes")
    .select("inbox")
    .where("removed_at", "is", null)
    .execute();
  const isSame =
    current !== undefined &&
    canonicalJson(current.policy) === canonicalJson(policy) &&
    canonicalJson(byId(stored.map(({ inbox }) => inbox))) === canonicalJson(byId(inboxes));
  if (isSame) return false;
  const row = { policy: JSON.stringify(policy), commit_sha: commit.sha, changed_at: at };
  const revision = Number(current?.revision ?? 0) + 1;
  await trx
    .insertInto("workspace_policy")
    // The first policy has nobody waiting for it.
    .values({ ...row, revision, rederived_revision: current === undefined ? revision : 0 })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ ...row, revision }))
    .execute();
  await trx
    .updateTable("inboxes")
    .set({ removed_at: at })
    .where("removed_at", "is", null)
    .execute();
  for (const inbox of inboxes) {
    const values = { id: inbox.id, inbox: JSON.stringify(inbox), removed_at: null };
    await trx
      .insertInto("inboxes")
      .values(values)
      .onConflict((conflict) => conflict.column("id").doUpdateSet(values))
      .execute();
  }
  return true;
}

function byId(inboxes: readonly Inbox[]): readonly Inbox[] {
  return inboxes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
