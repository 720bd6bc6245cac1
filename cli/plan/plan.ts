import { DateTime } from "luxon";
import { compareDiagnostics, type Diagnostic } from "../../core/language/diagnostic.ts";
import { diffWorkspaces, type SequenceDiff, type State } from "../../core/language/diff/index.ts";
import type { Compiler } from "../cache/compiler.ts";
import { startInstant } from "../workspace.ts";
import { comparePreviews, type Rooms } from "./compare-previews.ts";
import { notesOn } from "./notes.ts";
import { objections } from "./publishing.ts";
import type { MergeOfFiles } from "./read-merge.ts";
import { sideOf, type Side, type ValidSide } from "./side.ts";
import type { Plan, PlannedSequence } from "./types.ts";

interface PlanRequest {
  readonly against: string;
  /** ISO 8601; the present minute where there is none. */
  readonly start: string | undefined;
  /** Epoch ms. */
  readonly now: number;
  readonly compiler: Compiler;
}

/** Works out what merging does, as far as the files tell. */
export async function planOf(merge: MergeOfFiles, request: PlanRequest): Promise<Plan> {
  const after = await sideOf(merge.after, request.compiler, merge.conflicts);
  const base = await sideOf(merge.before, request.compiler);
  const head = { commit: merge.head, uncommitted: merge.uncommitted };
  const shared = { against: request.against, root: merge.path, head };
  if (after.valid === null) return withErrors(after, base, { ...shared, commit: merge.base });

  const compared =
    base.valid === null
      ? await newestValid(merge, request.compiler)
      : { ...merge, side: base.valid };
  const { side: before, base: comparedCommit } = compared;
  const diff = diffWorkspaces(before.state, after.valid.state);
  const zone = after.valid.workspace ?? before.workspace;
  const timezone = zone?.policy.timezone ?? "UTC";
  const start = startInstant(request.start, timezone, request.now);
  const rooms: Rooms = {
    before: before.workspace,
    after: after.valid.workspace,
    personas: after.compiled.personas,
    start,
  };
  // Texts are pinned, hours and channels are not: a change of policy can touch any sequence.
  const isTouched = ({ action }: SequenceDiff) => action !== "none" || diff.policy.length > 0;
  const diagnostics = [
    ...after.diagnostics,
    ...objections(before.state, after.valid.state, diff.breaking),
  ].toSorted(compareDiagnostics);
  return {
    against: request.against,
    root: merge.path,
    start: DateTime.fromMillis(start, { zone: timezone }).toISO({ suppressMilliseconds: true }),
    base: { commit: merge.base, compared: comparedCommit },
    head,
    sequences: diff.sequences.map((sequence) =>
      planned(sequence, isTouched(sequence) ? comparePreviews(sequence, rooms) : []),
    ),
    attributes: diff.attributes,
    // Where there was no workspace, or is none any more, there is no policy that somebody is used to.
    policy: before.workspace === null || after.valid.workspace === null ? [] : diff.policy,
    breaking: diff.breaking,
    notes: notesOn({
      against: request.against,
      compared: comparedCommit,
      isBroken: base.valid === null,
      movedFrom: merge.movedFrom,
      sequences: diff.sequences,
    }),
    diagnostics,
    new_diagnostics: newIn(diagnostics, base.diagnostics),
  };
}

function planned(diff: SequenceDiff, previews: PlannedSequence["previews"]): PlannedSequence {
  const { id, action, before, after, changes, steps, breaking } = diff;
  return {
    id,
    name: (after ?? before)?.document.name ?? id,
    action,
    from: null,
    to: null,
    digests: { before: before?.digest ?? null, after: after?.digest ?? null },
    changes,
    steps,
    breaking,
    live_enrollments: null,
    previews,
  };
}

function withErrors(
  after: Side,
  base: Side,
  {
    against,
    root,
    head,
    commit,
  }: Pick<Plan, "against" | "root" | "head"> & { readonly commit: string },
): Plan {
  return {
    against,
    root,
    start: null,
    base: { commit, compared: null },
    head,
    sequences: [],
    attributes: [],
    policy: [],
    breaking: [],
    notes: [],
    diagnostics: after.diagnostics,
    new_diagnostics: newIn(after.diagnostics, base.diagnostics),
  };
}

const NOTHING: ValidSide = { state: emptyState(), workspace: null };

function emptyState(): State {
  return { files: [], sequences: [], attributes: [], workspace: null, inboxes: [] };
}

/** The controller keeps the newest valid commit live when a later one is broken. */
async function newestValid(
  merge: MergeOfFiles,
  compiler: Compiler,
): Promise<{ readonly side: ValidSide; readonly base: string | null }> {
  for await (const { sha, files } of merge.earlier()) {
    const { valid } = await sideOf(files, compiler);
    if (valid !== null) return { side: valid, base: sha };
  }
  return { side: NOTHING, base: null };
}

function newIn(after: readonly Diagnostic[], before: readonly Diagnostic[]): Diagnostic[] {
  const keyOf = ({ rule, file, message }: Diagnostic) => [rule, file, message].join("\0");
  const known = new Set(before.map(keyOf));
  return after.filter((found) => !known.has(keyOf(found)));
}
