import type { Kysely } from "kysely";
import type { CanonicalDocument } from "../core/language/document.ts";
import type { Inbox, Policy } from "../core/language/policy.ts";
import type { Schema } from "./schema.ts";

interface StoredWorkspace {
  readonly revision: string;
  readonly policy: Policy;
  readonly inboxes: readonly Inbox[];
}

/** The policy's revision; null before anything was published. */
export async function readRevision(db: Kysely<Schema>): Promise<string | null> {
  const row = await db.selectFrom("workspace_policy").select("revision").executeTakeFirst();
  return row?.revision ?? null;
}

/** The live workspace; null before anything was published. */
export async function readWorkspace(db: Kysely<Schema>): Promise<StoredWorkspace | null> {
  const row = await db
    .selectFrom("workspace_policy")
    .select(["revision", "policy"])
    .executeTakeFirst();
  if (row === undefined) return null;
  const inboxes = await db
    .selectFrom("inboxes")
    .select("inbox")
    .where("removed_at", "is", null)
    .execute();
  return { revision: row.revision, policy: row.policy, inboxes: inboxes.map(({ inbox }) => inbox) };
}

/** The document of one published version; null where there is none. */
export async function readDocument(
  db: Kysely<Schema>,
  sequence: string,
  version: number,
): Promise<CanonicalDocument | null> {
  const row = await db
    .selectFrom("sequence_versions")
    .select("document")
    .where("sequence_id", "=", sequence)
    .where("version", "=", version)
    .executeTakeFirst();
  return row?.document ?? null;
}

/** The revision of a policy change that waiting enrollments have not all been re-derived for. */
export async function readPendingRevision(db: Kysely<Schema>): Promise<string | null> {
  const row = await db
    .selectFrom("workspace_policy")
    .select("revision")
    .whereRef("rederived_revision", "<", "revision")
    .executeTakeFirst();
  return row?.revision ?? null;
}

/** Records that every waiting enrollment has been re-derived for a revision. */
export async function markRederived(db: Kysely<Schema>, revision: string): Promise<void> {
  await db
    .updateTable("workspace_policy")
    .set({ rederived_revision: revision })
    .where("rederived_revision", "<", revision)
    .execute();
}
