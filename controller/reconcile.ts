import type { Clock } from "../core/clock.ts";
import type { Db } from "../store/database.ts";
import { knownAfter, readKnownSequences, type KnownSequences } from "../store/known-sequences.ts";
import { activate, publishVersions } from "../store/publishing.ts";
import {
  mayPublish,
  NO_CHANGES,
  readProgress,
  readRefusal,
  recordProgress,
  recordReconciliation,
  type SourceProgress,
} from "../store/reconciliations.ts";
import type { Commit } from "./commits.ts";
import { GitFailure } from "./git-failure.ts";
import type { Git } from "./git.ts";
import { rememberedAt, type Memory } from "./memory.ts";
import {
  conditionsAfter,
  conditionsDuring,
  conditionsSuspended,
  isLasting,
  OVERTAKEN,
  SUSPENDED,
  type Outcome,
} from "./outcome.ts";
import { judge, type Judged } from "./judge.ts";
import type { Source } from "./source.ts";
import { walk, type Place } from "./walk.ts";

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
  /** A longer walk is made in stages of so many commits, of which each publishes: what is done is kept. */
  readonly stage?: number;
}

const STAGE = 500;

/**
 * Brings what is live to the branch's head: fetches, walks the commits merged since the last one, and
 * publishes each valid one; pointers move once, to the newest valid. What cannot be published is
 * recorded and changes nothing.
 */
export async function reconcile(
  reconciler: Reconciler,
  { force = false, stage = STAGE }: ReconcileOptions = {},
): Promise<Outcome> {
  for (;;) {
    const { outcome, isWhole } = await reconcileStage(reconciler, force, stage);
    if (isWhole) return outcome;
  }
}

async function reconcileStage(
  reconciler: Reconciler,
  force: boolean,
  stage: number,
): Promise<{ readonly outcome: Outcome; readonly isWhole: boolean }> {
  const startedAt = reconciler.clock.now();
  const seen = await readProgress(reconciler.db);
  const whole = (outcome: Outcome) => ({ outcome, isWhole: true });
  if (seen.suspended) return whole(await suspended(reconciler, seen));
  const found = await look(reconciler, seen, force, stage);
  switch (found.kind) {
    case "stall":
      return whole(await stalled(reconciler, seen, found, startedAt));
    case "overtaken":
      return whole(OVERTAKEN);
    case "nothing":
      return whole(await unchanged(reconciler, seen, found.place));
    case "commits": {
      const outcome = await publishAll(reconciler, found, startedAt);
      return { outcome, isWhole: found.isWhole || outcome === OVERTAKEN };
    }
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
  readonly known: KnownSequences;
  /** No commit follows them yet. */
  readonly isWhole: boolean;
  readonly place: Place;
  readonly seen: SourceProgress;
};
type Found =
  | ({ readonly kind: "stall" } & Stall)
  | { readonly kind: "overtaken" }
  | { readonly kind: "nothing"; readonly place: Place }
  | ({ readonly kind: "commits" } & Commits);

/** Everything that is read: the source and its commits. Nothing is published yet. */
async function look(
  reconciler: Reconciler,
  before: SourceProgress,
  force: boolean,
  stage: number,
): Promise<Found> {
  const { db, clock, source, memory } = reconciler;
  try {
    const { place, commits, rewritten } = await walk(reconciler, before, force);
    if (rewritten !== null) {
      return { kind: "stall", outcome: rewritten.stall, commit: rewritten.head, place };
    }
    if (commits.length === 0) return { kind: "nothing", place };
    const conditions = conditionsDuring(commits.length, before.conditions, clock.now());
    const isOurs = await recordProgress(db, before, { conditions }, clock.now());
    if (!isOurs) return { kind: "overtaken" };
    const given = [commits.slice(0, stage), before.acknowledged] as const;
    const { judged, known } = await judge(reconciler, ...given, rememberedAt(memory, before));
    const [isWhole, seen] = [commits.length <= stage, { ...before, conditions }];
    return { kind: "commits", judged, known, isWhole, place, seen };
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
    const conditions = conditionsSuspended(seen.conditions, now);
    await recordProgress(db, seen, { conditions }, now);
  }
  return SUSPENDED;
}

async function stalled(
  { db, clock }: Reconciler,
  seen: SourceProgress,
  { outcome, commit, place }: Stall,
  startedAt: number,
): Promise<Outcome> {
  const now = clock.now();
  const conditions = conditionsAfter(outcome, seen.conditions, now);
  return db.transaction().execute(async (trx) => {
    const isOurs = await recordProgress(trx, seen, { source: place, conditions }, now);
    if (!isOurs) return OVERTAKEN;
    if (!isLasting(outcome, seen.conditions, commit !== null)) {
      const record = { ...outcome, commit, diagnostics: [], changes: NO_CHANGES, startedAt };
      await recordReconciliation(trx, record, now);
    }
    return outcome;
  });
}

/** Nothing new. A remote that is back, or a head that was refused and still is, keeps its state. */
async function unchanged(
  { db, clock }: Reconciler,
  seen: SourceProgress,
  place: Place,
): Promise<Outcome> {
  const { lastAttempted, lastApplied } = seen;
  const refused = lastAttempted === null ? null : await readRefusal(db, lastAttempted);
  const message = `published ${lastApplied?.slice(0, 12) ?? "nothing"}`;
  const outcome = refused ?? { outcome: "unchanged", reason: "UpToDate", message };
  const now = clock.now();
  const conditions = conditionsAfter(outcome, seen.conditions, now);
  const isOurs = await recordProgress(db, seen, { source: place, conditions }, now);
  return isOurs ? outcome : OVERTAKEN;
}

async function publishAll(
  reconciler: Reconciler,
  { judged, known, place, seen: first }: Commits,
  startedAt: number,
): Promise<Outcome> {
  const { memory } = reconciler;
  let [seen, outcome] = [first, OVERTAKEN];
  for (const one of judged) {
    const given = { ...one, known: seen === first ? known : null, place, startedAt };
    const ended = await publishOne(reconciler, seen, given);
    if (ended === null) return OVERTAKEN;
    ({ outcome, seen } = ended);
    if (memory !== undefined) memory.sequences = ended.known && { at: seen, known: ended.known };
  }
  return outcome;
}

interface Ended {
  readonly outcome: Outcome;
  readonly seen: SourceProgress;
  /** The sequences, where this commit is what they point to. */
  readonly known: KnownSequences | null;
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
    /** Null where a commit before it may have published; else whoever else did makes this one give way. */
    readonly known: KnownSequences | null;
    readonly place: Place;
    readonly startedAt: number;
  },
): Promise<Ended | null> {
  const { commit, diagnostics, refusal, versions, publication, place, startedAt } = given;
  return db.transaction().execute(async (trx) => {
    if (!(await mayPublish(trx, seen))) return null;
    const now = clock.now();
    const message = `published ${commit.sha.slice(0, 12)}`;
    const outcome = refusal ?? { outcome: "applied", reason: "Applied", message };
    let changes = NO_CHANGES;
    let left: KnownSequences | null = null;
    if (refusal === null) {
      const known = given.known ?? (await readKnownSequences(trx));
      const sequences = publication?.sequences ?? versions;
      const { made, numbers } = await publishVersions(trx, { commit, sequences }, known, now);
      changes =
        publication === null
          ? { ...NO_CHANGES, versions: made }
          : await activate(trx, publication, known, numbers, now);
      const { retired } = changes;
      if (publication !== null) left = knownAfter(known, { sequences, numbers, retired });
    }
    await recordReconciliation(trx, { ...outcome, commit, diagnostics, changes, startedAt }, now);
    const conditions = conditionsAfter(outcome, seen.conditions, now);
    const attempted = commit.sha;
    const applied = publication === null ? {} : { applied: attempted };
    await recordProgress(trx, seen, { source: place, attempted, ...applied, conditions }, now);
    const lastApplied = publication === null ? seen.lastApplied : attempted;
    const after = { lastAttempted: attempted, lastApplied, attemptedAt: now, conditions };
    return { outcome, seen: { ...seen, ...after }, known: left };
  });
}
