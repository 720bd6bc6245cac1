import type { Clock } from "../core/clock.ts";
import { listAttributes } from "../store/attributes.ts";
import type { Db } from "../store/database.ts";
import { activate, publishVersions, readKnownSequences } from "../store/publishing.ts";
import {
  isRepeated,
  mayPublish,
  NO_CHANGES,
  readProgress,
  readRefusal,
  recordProgress,
  recordReconciliation,
  type ReconciliationRecord,
  type SourceProgress,
} from "../store/reconciliations.ts";
import { readWorkspace } from "../store/workspace.ts";
import { readCandidate, type Candidate } from "./candidate.ts";
import { objectionTo, type Live, type Objection } from "./checks.ts";
import { commitsSince, readCommit } from "./commits.ts";
import { GitFailure, shaOf, type Git, type Sha } from "./git.ts";
import { conditionsAfter, type Outcome } from "./outcome.ts";
import type { Source } from "./source.ts";

export interface Reconciler {
  readonly db: Db;
  readonly clock: Clock;
  readonly git: Git;
  readonly source: Source;
}

export interface ReconcileOptions {
  /** Someone asks: look again at a head that was refused before. */
  readonly force?: boolean;
}

/**
 * Brings what is live to the branch's head: fetches, walks the commits merged since the last one, and
 * publishes each valid one; pointers move once, to the newest valid. What cannot be published is
 * recorded and changes nothing.
 */
export async function reconcile(
  reconciler: Reconciler,
  options: ReconcileOptions = {},
): Promise<Outcome> {
  const { db, clock } = reconciler;
  const startedAt = clock.now();
  const seen = await readProgress(db);
  if (seen.suspended)
    return { outcome: "unchanged", reason: "Suspended", message: "the source is suspended" };
  let walked: Walk;
  try {
    walked = await walk(reconciler, seen, options.force ?? false);
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    walked = {
      stall: { outcome: "stalled", reason: error.reason, message: error.message },
      head: null,
      commits: [],
    };
  }
  if (walked.stall !== null) return stalled(reconciler, seen, walked.stall, walked.head, startedAt);
  if (walked.commits.length === 0) return unchanged(reconciler, seen);
  return publishAll(reconciler, seen, walked.commits, startedAt);
}

type Walk =
  | { readonly stall: null; readonly head: Sha; readonly commits: readonly Sha[] }
  | { readonly stall: Outcome; readonly head: Sha | null; readonly commits: readonly [] };

/** Which commits are to be looked at, the oldest first. */
async function walk(
  { git, source, db, clock }: Reconciler,
  seen: SourceProgress,
  force: boolean,
): Promise<Walk> {
  const { head, branch } = await git.fetch();
  const place = { url: source.url, branch, path: source.path };
  await recordProgress(db, { source: place }, clock.now());
  if (seen.lastAttempted === null) return { stall: null, head, commits: [head] };
  const since = await commitsSince(git, shaOf(seen.lastAttempted), head);
  if (since === null) {
    if (seen.acknowledged === head) return { stall: null, head, commits: [head] };
    const message =
      `the history of ${branch} was rewritten: ${seen.lastAttempted.slice(0, 12)} is no longer part of it; ` +
      `if that is meant: cadenza reconcile --acknowledge ${head}`;
    return {
      stall: { outcome: "stalled", reason: "HistoryRewritten", message },
      head,
      commits: [],
    };
  }
  const again =
    since.length === 0 && seen.lastApplied !== head && (force || seen.acknowledged === head);
  return { stall: null, head, commits: again ? [head] : since };
}

/** A state that lasts is recorded once, not at every poll. */
async function stalled(
  { db, clock, git }: Reconciler,
  seen: SourceProgress,
  outcome: Outcome,
  head: Sha | null,
  startedAt: number,
): Promise<Outcome> {
  const now = clock.now();
  const commit = head === null ? null : await readCommit(git, head);
  const record: ReconciliationRecord = {
    ...outcome,
    commit,
    diagnostics: [],
    changes: NO_CHANGES,
    startedAt,
  };
  if (!(await isRepeated(db, record))) await recordReconciliation(db, record, now);
  await recordProgress(db, { conditions: conditionsAfter(outcome, seen.conditions, now) }, now);
  return outcome;
}

/** Nothing new. A remote that is back, or a head that was refused and still is, keeps its state. */
async function unchanged({ db, clock }: Reconciler, seen: SourceProgress): Promise<Outcome> {
  const refused =
    seen.lastAttempted === null || seen.lastAttempted === seen.lastApplied
      ? null
      : await readRefusal(db, seen.lastAttempted);
  const published = `published ${seen.lastApplied?.slice(0, 12) ?? "nothing"}`;
  const outcome: Outcome = refused ?? {
    outcome: "unchanged",
    reason: "UpToDate",
    message: published,
  };
  const conditions = conditionsAfter(outcome, seen.conditions, clock.now());
  await recordProgress(db, { conditions }, clock.now());
  return outcome;
}

async function publishAll(
  reconciler: Reconciler,
  before: SourceProgress,
  commits: readonly Sha[],
  startedAt: number,
): Promise<Outcome> {
  const { db, git, source } = reconciler;
  const live = await readLive(db);
  const judged: { readonly candidate: Candidate; readonly objection: Objection | null }[] = [];
  for (const sha of commits) {
    const candidate = await readCandidate(git, sha, source.path);
    const acknowledged = before.acknowledged === sha;
    judged.push({ candidate, objection: objectionTo({ candidate, live, acknowledged }) });
  }
  const newest = judged.findLastIndex(({ objection }) => objection === null);
  let seen = before;
  let outcome: Outcome = { outcome: "unchanged", reason: "UpToDate", message: "" };
  for (const [index, { candidate, objection }] of judged.entries()) {
    const publish = { candidate, objection, isNewest: index === newest, startedAt };
    const ended = await publishOne(reconciler, seen, publish);
    if (ended === null)
      return { outcome: "unchanged", reason: "Overtaken", message: "another controller publishes" };
    outcome = ended;
    seen = await readProgress(db);
  }
  return outcome;
}

/**
 * One commit, all or nothing in one transaction.
 * @returns null when another controller was faster
 */
function publishOne(
  { db, clock }: Reconciler,
  seen: SourceProgress,
  given: {
    readonly candidate: Candidate;
    readonly objection: Objection | null;
    readonly isNewest: boolean;
    readonly startedAt: number;
  },
): Promise<Outcome | null> {
  const { candidate, objection, isNewest, startedAt } = given;
  const { commit, publication, diagnostics } = candidate;
  return db.transaction().execute(async (trx) => {
    if (!(await mayPublish(trx, seen))) return null;
    const now = clock.now();
    if (objection !== null || publication === null) {
      if (objection === null) throw new Error("a commit without objection has a publication");
      await recordReconciliation(
        trx,
        { ...objection, commit, changes: NO_CHANGES, startedAt },
        now,
      );
      const conditions = conditionsAfter(objection, seen.conditions, now);
      await recordProgress(trx, { attempted: commit.sha, conditions }, now);
      return objection;
    }
    const known = await readKnownSequences(trx);
    const { numbers, made } = await publishVersions(trx, publication, known, now);
    const changes = isNewest
      ? await activate(trx, publication, known, numbers, now)
      : {
          ...NO_CHANGES,
          versions: [...made].map((id) => ({
            sequence: id,
            version: numbers.get(id)!,
            from: null,
          })),
        };
    const outcome: Outcome = {
      outcome: "applied",
      reason: "Applied",
      message: `published ${commit.sha.slice(0, 12)}`,
    };
    await recordReconciliation(trx, { ...outcome, commit, diagnostics, changes, startedAt }, now);
    const conditions = conditionsAfter(outcome, seen.conditions, now);
    const applied = isNewest ? { applied: commit.sha } : {};
    await recordProgress(
      trx,
      { attempted: commit.sha, ...applied, conditions, acknowledged: null },
      now,
    );
    return outcome;
  });
}

async function readLive(db: Db): Promise<Live> {
  const [known, attributes, workspace] = [
    await readKnownSequences(db),
    await listAttributes(db),
    await readWorkspace(db),
  ];
  return { known, attributes, retireGuard: workspace?.policy.retire_guard ?? null };
}
