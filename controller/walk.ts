import type { Db } from "../store/database.ts";
import { readRefusal, type SourceProgress } from "../store/reconciliations.ts";
import { commitsSince, readCommit, type Commit, type Step } from "./commits.ts";
import { shaOf, type Git, type Sha } from "./git.ts";
import type { Outcome } from "./outcome.ts";
import type { Source } from "./source.ts";

/** Where the commits come from, as the status shows it. */
export interface Place {
  readonly url: string;
  readonly branch: string;
  readonly path: string;
}

interface Walk {
  readonly place: Place;
  /** The commits to look at, the oldest first. */
  readonly commits: readonly Step[];
  readonly rewritten: Rewritten | null;
}

/** A head that does not contain what was looked at last, and what to do about it. */
interface Rewritten {
  readonly head: Commit;
  readonly stall: Outcome;
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
  const found = (commits: readonly Step[]): Walk => ({ place, commits, rewritten: null });
  if (seen.lastAttempted === null) return found([head]);
  const last = shaOf(seen.lastAttempted);
  const accepted = seen.acknowledged === null ? null : shaOf(seen.acknowledged);
  const since = await commitsSince(git, last, head);
  if (since === null) {
    // The branch may have moved on since somebody accepted what it had become.
    const sinceAccepted = accepted === null ? null : await commitsSince(git, accepted, head);
    if (accepted !== null && sinceAccepted !== null) return found([accepted, ...sinceAccepted]);
    return { place, commits: [], rewritten: await rewritten(git, last, head, branch) };
  }
  const isMoved = seen.path !== null && seen.path !== source.path;
  const isAskedAgain = accepted === last || (force && since.length === 0);
  const isRefused = isAskedAgain && (await readRefusal(db, last)) !== null;
  if (isRefused) return found([last, ...since]);
  return found(isMoved && since.length === 0 ? [head] : since);
}

async function rewritten(git: Git, last: Sha, head: Sha, branch: string): Promise<Rewritten> {
  const message =
    `the history of ${branch} was rewritten: ${last.slice(0, 12)} is no longer part of it; ` +
    `if that is meant: cadenza reconcile --acknowledge ${head}`;
  const stall = { outcome: "stalled", reason: "HistoryRewritten", message } as const;
  return { head: await readCommit(git, head), stall };
}
