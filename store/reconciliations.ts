import { sql, type Kysely, type Transaction } from "kysely";
import type { Diagnostic } from "../core/language/diagnostic.ts";
import { newId } from "./ids.ts";
import { iso } from "./placement.ts";
import type { Condition, ReconciliationChanges, ReconciliationOutcome, Schema } from "./schema.ts";

/** One commit's end: what the reconciliation made of it. */
interface ReconciliationRecord {
  readonly commit: {
    readonly sha: string;
    readonly author: string;
    readonly subject: string;
  } | null;
  readonly outcome: ReconciliationOutcome;
  readonly reason: string | null;
  readonly message: string | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly changes: ReconciliationChanges;
  /** Epoch ms. */
  readonly startedAt: number;
}

export const NO_CHANGES: ReconciliationChanges = {
  versions: [],
  retired: [],
  attributes: [],
  policy: false,
};

/** Records a reconciliation. @param now epoch ms, when it ended */
export async function recordReconciliation(
  db: Kysely<Schema>,
  record: ReconciliationRecord,
  now: number,
): Promise<void> {
  await db
    .insertInto("reconciliations")
    .values({
      id: newId(now),
      commit_sha: record.commit?.sha ?? null,
      author: record.commit?.author ?? null,
      subject: record.commit?.subject ?? null,
      started_at: iso(record.startedAt),
      finished_at: iso(now),
      outcome: record.outcome,
      reason: record.reason,
      message: record.message,
      diagnostics: JSON.stringify(record.diagnostics),
      changes: JSON.stringify(record.changes),
    })
    .execute();
}

/** Why a commit was refused when it was last looked at; null where it was not. */
export async function readRefusal(
  db: Kysely<Schema>,
  sha: string,
): Promise<{ outcome: ReconciliationOutcome; reason: string; message: string } | null> {
  const row = await db
    .selectFrom("reconciliations")
    .select(["outcome", "reason", "message"])
    .where("commit_sha", "=", sha)
    .orderBy("finished_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row === undefined || row.outcome === "applied") return null;
  return { outcome: row.outcome, reason: row.reason ?? "", message: row.message ?? "" };
}

/** Where the source stands, for the controller. */
export interface SourceProgress {
  /** The folder that was looked at; null before the first look. */
  readonly path: string | null;
  readonly lastAttempted: string | null;
  readonly lastApplied: string | null;
  /** When a commit was last looked at; epoch ms. */
  readonly attemptedAt: number | null;
  readonly conditions: readonly Condition[];
  readonly suspended: boolean;
  readonly acknowledged: string | null;
  /** Someone asked, and has had no answer yet; epoch ms. */
  readonly requestedAt: number | null;
}

export async function readProgress(db: Kysely<Schema>): Promise<SourceProgress> {
  const row = await db.selectFrom("source_state").selectAll().executeTakeFirstOrThrow();
  const isOpen =
    row.requested_at !== null && (row.answered_at === null || row.answered_at < row.requested_at);
  return {
    path: row.path,
    lastAttempted: row.last_attempted_sha,
    lastApplied: row.last_applied_sha,
    attemptedAt: row.last_attempted_at?.getTime() ?? null,
    conditions: row.conditions,
    suspended: row.suspended,
    acknowledged: row.acknowledged_sha,
    requestedAt: isOpen ? (row.requested_at?.getTime() ?? null) : null,
  };
}

/** What a reconciliation changes of the source's state; what is absent stays. */
interface Progress {
  readonly source?: { readonly url?: string; readonly branch?: string; readonly path?: string };
  readonly attempted?: string;
  readonly applied?: string;
  readonly conditions?: readonly Condition[];
}

/**
 * Writes it, where the source still stands where the caller saw it: what was found out about an earlier
 * state says nothing of the one that another controller has brought about meanwhile.
 * @returns whether it was written
 */
export async function recordProgress(
  db: Kysely<Schema>,
  seen: Pick<SourceProgress, "lastAttempted" | "lastApplied">,
  progress: Progress,
  now: number,
): Promise<boolean> {
  const at = iso(now);
  const { source, attempted, applied, conditions } = progress;
  const { numUpdatedRows } = await db
    .updateTable("source_state")
    .set({
      ...source,
      ...(attempted === undefined ? {} : { last_attempted_sha: attempted, last_attempted_at: at }),
      ...(applied === undefined ? {} : { last_applied_sha: applied, last_applied_at: at }),
      ...(conditions === undefined ? {} : { conditions: JSON.stringify(conditions) }),
    })
    // An update without a column is none.
    .set({ id: 1 })
    .where("last_attempted_sha", "is not distinct from", seen.lastAttempted)
    .where("last_applied_sha", "is not distinct from", seen.lastApplied)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/**
 * Records that a request was answered. One that came meanwhile stays open, with what it acknowledged.
 * @param requestedAt epoch ms, the request that the reconciliation began after
 */
export async function answerRequest(db: Kysely<Schema>, requestedAt: number): Promise<void> {
  const at = iso(requestedAt);
  await db
    .updateTable("source_state")
    .set((eb) => ({
      answered_at: at,
      acknowledged_sha: eb
        .case()
        .when("requested_at", ">", new Date(requestedAt))
        .then(eb.ref("acknowledged_sha"))
        .else(null)
        .end(),
    }))
    .execute();
}

/** One number for the whole product: the lock under which commits are published. */
const PUBLISHING_LOCK = 7_236_401;

/**
 * Takes the right to publish until the transaction ends, and looks whether the source still stands
 * where the caller saw it: of two controllers, the second finds that the first has published. A source
 * that was suspended meanwhile publishes nothing either.
 */
export async function mayPublish(
  trx: Transaction<Schema>,
  seen: Pick<SourceProgress, "lastAttempted" | "lastApplied">,
): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(${sql.lit(PUBLISHING_LOCK)})`.execute(trx);
  const { lastAttempted, lastApplied, suspended } = await readProgress(trx);
  return !suspended && lastAttempted === seen.lastAttempted && lastApplied === seen.lastApplied;
}
