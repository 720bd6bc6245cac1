import type { Diagnostic } from "../core/language/diagnostic.ts";
import { listAttributes } from "../store/attributes.ts";
import type { Db } from "../store/database.ts";
import { activeIds, readKnownSequences, type KnownSequences } from "../store/known-sequences.ts";
import type { Publication, VersionToPublish } from "../store/publishing.ts";
import { readRefusal } from "../store/reconciliations.ts";
import { readWorkspace } from "../store/workspace.ts";
import { readCandidate, retiringAll, type Candidate } from "./candidate.ts";
import { liveAfter, objectionTo, type Live, type Objection, type StallReason } from "./checks.ts";
import { readCommit, type Commit, type Step } from "./commits.ts";
import type { Git } from "./git.ts";
import type { Memory } from "./memory.ts";
import type { Outcome } from "./outcome.ts";
import type { Source } from "./source.ts";

/** A commit and what becomes of it. Many are held at once: nothing is in here that will not be written. */
export interface Judged {
  readonly commit: Commit;
  /** All findings, warnings too. */
  readonly diagnostics: readonly Diagnostic[];
  /** Why it is not published; null where nothing speaks against it. */
  readonly refusal: Outcome | null;
  /** The versions that nothing before it has had. */
  readonly versions: readonly VersionToPublish[];
  /** The whole of the newest valid commit, to which the pointers move; null in every other. */
  readonly publication: Publication | null;
}

interface Reader {
  readonly git: Git;
  readonly source: Source;
  readonly db: Db;
  readonly memory?: Memory;
}

/**
 * Reads the commits and holds each against the state that the valid one before it leaves, so that the
 * answer does not depend on how many of them one poll finds.
 * @param remembered the sequences, where it is known how they stand
 * @returns also the sequences as they were published before all of them
 * @throws GitFailure
 */
export async function judge(
  { git, source, db, memory }: Reader,
  commits: readonly Step[],
  acknowledgedSha: string | null,
  remembered: KnownSequences | null = null,
): Promise<{ readonly judged: readonly Judged[]; readonly known: KnownSequences }> {
  const known = remembered ?? (await readKnownSequences(db));
  const isNew = unseenIn(known);
  const shared = sharing();
  const judged: Judged[] = [];
  let live = await readLive(db, known);
  let newest = -1;
  for (const step of commits) {
    const commit = typeof step === "string" ? await readCommit(git, step) : step;
    const { sha } = commit;
    const refusal = acknowledgedSha === sha ? await readRefusal(db, sha) : null;
    // What was shown is accepted, and not what it hid; whoever accepts before anybody looked accepts all.
    const accepts = (reason: StallReason) =>
      acknowledgedSha === sha && (refusal === null || refusal.reason === reason);
    const read = await readCandidate(git, commit, source.path, memory);
    const { workspace } = live;
    const isEmptied = read.files === 0 && accepts("EmptyTree");
    const candidate = isEmptied && workspace !== null ? retiringAll(read, workspace) : read;
    const one = judgedBy(candidate, objectionTo({ candidate, live, accepts }));
    const { publication, diagnostics, versions } = one;
    const isNewest = publication !== null;
    if (isNewest && newest >= 0) judged[newest] = { ...judged[newest]!, publication: null };
    if (isNewest) newest = judged.length;
    judged.push({ ...one, diagnostics: diagnostics.map(shared), versions: versions.filter(isNew) });
    if (isNewest && judged.length < commits.length) live = liveAfter(live, publication);
  }
  return { judged, known };
}

function judgedBy(candidate: Candidate, objection: Objection | null): Judged {
  const { commit, publication } = candidate;
  if (objection === null) {
    const { diagnostics } = candidate;
    const versions = publication?.sequences ?? [];
    return { commit, diagnostics, refusal: null, versions, publication };
  }
  const { diagnostics, ...refusal } = objection;
  return { commit, diagnostics, refusal, versions: [], publication: null };
}

async function readLive(db: Db, known: KnownSequences): Promise<Live> {
  const [attributes, workspace] = await Promise.all([listAttributes(db), readWorkspace(db)]);
  return { sequences: activeIds(known), attributes, workspace };
}

/** Tells the versions that nobody has had yet; each counts once. */
function unseenIn(known: KnownSequences) {
  const seen = new Map<string, Set<string>>();
  return ({ id, digest }: VersionToPublish): boolean => {
    const own = seen.get(id);
    if (known.get(id)?.versions.has(digest) === true || own?.has(digest) === true) return false;
    seen.set(id, (own ?? new Set()).add(digest));
    return true;
  };
}

/** What one commit warns of, the next ones mostly do too. */
function sharing() {
  const told = new Map<string, Diagnostic>();
  return (found: Diagnostic): Diagnostic => {
    const key = JSON.stringify(found);
    const same = told.get(key) ?? found;
    told.set(key, same);
    return same;
  };
}
