import { listAttributes } from "../store/attributes.ts";
import type { Db } from "../store/database.ts";
import { activeIds, readKnownSequences } from "../store/publishing.ts";
import { readRefusal, type SourceProgress } from "../store/reconciliations.ts";
import { readWorkspace } from "../store/workspace.ts";
import { readCandidate, retiringAll, type Candidate } from "./candidate.ts";
import { liveAfter, objectionTo, type Live, type Objection } from "./checks.ts";
import { commitsSince, readCommit, type Commit } from "./commits.ts";
import { shaOf, type Git, type Sha } from "./git.ts";
import type { Outcome } from "./outcome.ts";
import type { Source } from "./source.ts";

/** Where the commits come from, as the status shows it. */
export interface Place {
  readonly url: string;
  readonly branch: string;
  readonly path: string;
}

export interface Walk {
  readonly place: Place;
  /** The commits to look at, the oldest first. */
  readonly commits: readonly Sha[];
  /** The head that is no descendant of what was looked at last, and what to do about it. */
  readonly rewritten: { readonly head: Commit; readonly stall: Outcome } | null;
}

/**
 * Fetches, and finds which commits are to be looked at.
 * @param force someone asks: look again at a head that was refused before
 * @throws GitFailure
 */
export async function walk(
  { git, source, db }: { readonly git: Git; readonly source: Source; readonly db: Db },
  seen: SourceProgress,
  force: boolean,
): Promise<Walk> {
  const { head, branch } = await git.fetch();
  const place = { url: source.url, branch, path: source.path };
  const found = (commits: readonly Sha[]): Walk => ({ place, commits, rewritten: null });
  if (seen.lastAttempted === null) return found([head]);
  const isAcknowledged = seen.acknowledged === head;
  const since = await commitsSince(git, shaOf(seen.lastAttempted), head);
  if (since === null && !isAcknowledged) {
    const message =
      `the history of ${branch} was rewritten: ${seen.lastAttempted.slice(0, 12)} is no longer part of it; ` +
      `if that is meant: cadenza reconcile --acknowledge ${head}`;
    const stall = { outcome: "stalled", reason: "HistoryRewritten", message } as const;
    return { place, commits: [], rewritten: { head: await readCommit(git, head), stall } };
  }
  if (since === null) return found([head]);
  if (since.length > 0) return found(since);
  const isMoved = seen.path !== null && seen.path !== source.path;
  const isAskedAgain = (force || isAcknowledged) && (await readRefusal(db, head)) !== null;
  return found(isMoved || isAskedAgain ? [head] : []);
}

/** A commit, and why it is not published. */
export interface Judged {
  readonly candidate: Candidate;
  readonly objection: Objection | null;
}

/**
 * Reads the commits and holds each against the state that the valid one before it leaves, so that the
 * answer does not depend on how many of them one poll finds.
 * @throws GitFailure
 */
export async function judge(
  { git, source, db }: { readonly git: Git; readonly source: Source; readonly db: Db },
  commits: readonly Sha[],
  acknowledgedSha: string | null,
): Promise<readonly Judged[]> {
  let live = await readLive(db);
  const judged: Judged[] = [];
  for (const sha of commits) {
    const acknowledged = acknowledgedSha === sha;
    const read = await readCandidate(git, sha, source.path);
    const { workspace } = live;
    const isEmptied = acknowledged && read.files === 0;
    const candidate = isEmptied && workspace !== null ? retiringAll(read, workspace) : read;
    const objection = objectionTo({ candidate, live, acknowledged });
    judged.push({ candidate, objection });
    if (objection === null && candidate.publication !== null) {
      live = liveAfter(live, candidate.publication);
    }
  }
  return judged;
}

async function readLive(db: Db): Promise<Live> {
  const sequences = activeIds(await readKnownSequences(db));
  return { sequences, attributes: await listAttributes(db), workspace: await readWorkspace(db) };
}
