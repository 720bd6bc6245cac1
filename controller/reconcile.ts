import type { Clock } from "../core/clock.ts";
import type { Db } from "../store/database.ts";
import {
  activate,
  publishVersions,
  readKnownSequences,
  type KnownSequence,
} from "../store/publishing.ts";
import {
  mayPublish,
  NO_CHANGES,
  readProgress,
  readRefusal,
  recordProgress,
  recordReconciliation,
  type SourceProgress,
} from "../store/reconciliations.ts";
import type { Memory } from "./candidate.ts";
import type { Commit } from "./commits.ts";
import { GitFailure } from "./git-failure.ts";
import type { Git } from "./git.ts";
import {
  conditionsAfter,
  conditionsDuring,
  conditionsSuspended,
  isLasting,
  OVERTAKEN,
  SUSPENDED,
  type Outcome,
} from "./outcome.ts";
import type { Source } from "./source.ts";
import { judge, walk, type Judged, type Place } from "./walk.ts";

export interface Reconciler {
  readonly db: Db;
  readonly clock: Clock;
  readonly git: Git;
  readonly source: Source;
  /** What was read before; without it every commit is read as if it were the first. */
  readonly memory?: Memory;
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
  { force = false }: ReconcileOptions = {},
): Promise<Outcome> {
  const startedAt = reconciler.clock.now();
  const seen = await readProgress(reconciler.db);
  if (seen.suspended) return suspended(reconciler, seen);
  const found = await look(reconciler, seen, force);
  switch (found.kind) {
    case "stall":
      return stalled(reconciler, seen, found, startedAt);
    case "nothing":
      return unchanged(reconciler, seen, found.place);
    case "commits":
      return publishAll(reconciler, found, startedAt);
  }
}

type Stall = {
  readonly outcome: Outcome;
  readonly commit: Commit | null;
  readonly place: Partial<Place>;
};
type Commits = {
  readonly judged: readonly Judged[];
  /** The sequences as they stood when the first was judged. */
  readonly known: ReadonlyMap<string, KnownSequence>;
  readonly place: Place;
  readonly seen: SourceProgress;
};
type Found =
  | ({ readonly kind: "stall" } & Stall)
  | { readonly kind: "nothing"; readonly place: Place }
  | ({ readonly kind: "commits" } & Commits);

/** Everything that is read: the source and its commits. Nothing is published yet. */
async function look(
  reconciler: Reconciler,
  before: SourceProgress,
  force: boolean,
): Promise<Found> {
  const { db, clock, source } = reconciler;
  try {
    const { place, commits, rewritten } = await walk(reconciler, before, force);
    if (rewritten !== null) {
      return { kind: "stall", outcome: rewritten.stall, commit: rewritten.head, place };
    }
    if (commits.length === 0) return { kind: "nothing", place };
    const conditions = conditionsDuring(commits.length, before.conditions, clock.now());
    await recordProgress(db, { conditions }, clock.now());
    const { judged, known } = await judge(reconciler, commits, before.acknowledged);
    return { kind: "commits", judged, known, place, seen: { ...before, conditions } };
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    const { reason, message } = error;
    // The folder is not recorded: that another one was set is to be noticed once git answers again.
    const place = { url: source.url };
    const outcome = { outcome: "stalled", reason, message, isUnread: true } as const;
    return { kind: "stall", outcome, commit: null, place };
  }
}

async function suspended({ db, clock }: Reconciler, seen: SourceProgress): Promise<Outcome> {
  if (seen.conditions.some(({ type, status }) => type === "Reconciling" && status)) {
    const now = clock.now();
    await recordProgress(db, { conditions: conditionsSuspended(seen.conditions, now) }, now);
  }
  return SUSPENDED;
}

async function stalled(
  { db, clock }: Reconciler,
  { conditions: before }: SourceProgress,
  { outcome, commit, place }: Stall,
  startedAt: number,
): Promise<Outcome> {
  const now = clock.now();
  if (!isLasting(outcome, before, commit !== null)) {
    const record = { ...outcome, commit, diagnostics: [], changes: NO_CHANGES, startedAt };
    await recordReconciliation(db, record, now);
  }
  const conditions = conditionsAfter(outcome, before, now);
  await recordProgress(db, { source: place, conditions }, now);
  return outcome;
}

/** Nothing new. A remote that is back, or a head that was refused and still is, keeps its state. */
async function unchanged(
  { db, clock }: Reconciler,
  { lastAttempted, lastApplied, conditions: before }: SourceProgress,
  place: Place,
): Promise<Outcome> {
  const refused = lastAttempted === null ? null : await readRefusal(db, lastAttempted);
  const message = `published ${lastApplied?.slice(0, 12) ?? "nothing"}`;
  const outcome = refused ?? { outcome: "unchanged", reason: "UpToDate", message };
  const now = clock.now();
  const conditions = conditionsAfter(outcome, before, now);
  await recordProgress(db, { source: place, conditions }, now);
  return outcome;
}

async function publishAll(
  reconciler: Reconciler,
  { judged, known, place, seen: first }: Commits,
  startedAt: number,
): Promise<Outcome> {
  const newest = judged.findLastIndex(({ objection }) => objection === null);
  let seen = first;
  let outcome = OVERTAKEN;
  for (const [index, one] of judged.entries()) {
    const isNewest = index === newest;
    const given = { ...one, isNewest, place, startedAt, known: index === 0 ? known : null };
    const ended = await publishOne(reconciler, seen, given);
    if (ended === null) return OVERTAKEN;
    ({ outcome, seen } = ended);
  }
  return outcome;
}

/**
 * One commit, all or nothing in one transaction.
 * @returns the outcome, and the state that this commit left: reading it anew would take another
 * controller's later state for our own. Null when another controller was faster.
 */
function publishOne(
  { db, clock }: Reconciler,
  seen: SourceProgress,
  given: Judged & {
    readonly isNewest: boolean;
    readonly place: Place;
    readonly startedAt: number;
    /** Null where a commit before it may have published; else whoever else did makes this one give way. */
    readonly known: ReadonlyMap<string, KnownSequence> | null;
  },
): Promise<{ readonly outcome: Outcome; readonly seen: SourceProgress } | null> {
  const { candidate, objection, isNewest, place, startedAt } = given;
  const { commit, publication } = candidate;
  return db.transaction().execute(async (trx) => {
    if (!(await mayPublish(trx, seen))) return null;
    const now = clock.now();
    let outcome: Outcome = {
      outcome: "applied",
      reason: "Applied",
      message: `published ${commit.sha.slice(0, 12)}`,
    };
    let { diagnostics } = candidate;
    let changes = NO_CHANGES;
    if (objection !== null) {
      ({ diagnostics, ...outcome } = objection);
    } else if (publication !== null) {
      const known = given.known ?? (await readKnownSequences(trx));
      const published = await publishVersions(trx, publication, known, now);
      changes = isNewest
        ? await activate(trx, publication, known, published.numbers, now)
        : { ...NO_CHANGES, versions: published.made };
    }
    await recordReconciliation(trx, { ...outcome, commit, diagnostics, changes, startedAt }, now);
    const conditions = conditionsAfter(outcome, seen.conditions, now);
    const applied = isNewest ? { applied: commit.sha } : {};
    const attempted = commit.sha;
    await recordProgress(trx, { source: place, attempted, ...applied, conditions }, now);
    const lastApplied = isNewest ? commit.sha : seen.lastApplied;
    return { outcome, seen: { ...seen, lastAttempted: attempted, lastApplied, conditions } };
  });
}
