import type { CompiledVersion } from "../compile.ts";
import { attributesRetyped, attributesToCreate, mentions } from "./attributes.ts";
import { breakingIn } from "./breaking.ts";
import { sequenceFields } from "./describe.ts";
import { changesBetween } from "./fields.ts";
import { diffPolicy } from "./policy.ts";
import { allAdded, diffSteps } from "./steps.ts";
import type { Breaking, SequenceDiff, State, WorkspaceDiff } from "./types.ts";

export type * from "./types.ts";

/** What becomes of a workspace from one valid state to another. Pure. */
export function diffWorkspaces(before: State, after: State): WorkspaceDiff {
  const retyped = attributesRetyped(before, after);
  const old = byId(before.sequences);
  const now = byId(after.sequences);
  const ids = [...new Set([...old.keys(), ...now.keys()])].toSorted();
  const sequences = ids.map((id) => {
    const version = now.get(id) ?? old.get(id);
    const concerned = retyped.filter(({ variable }) => version && mentions(version, variable));
    const own = concerned.map(({ breaking }) => breaking);
    return diffSequence(id, { before: old.get(id), after: now.get(id) }, { before, after }, own);
  });
  const inSequences = sequences.flatMap(({ breaking }) => breaking);
  const elsewhere = retyped.map(({ breaking }) => breaking);
  return {
    sequences,
    attributes: attributesToCreate(before, after),
    policy: diffPolicy(before, after),
    breaking: [...new Set([...elsewhere, ...inSequences])],
  };
}

function diffSequence(
  id: string,
  { before, after }: Readonly<Record<"before" | "after", CompiledVersion | undefined>>,
  states: Readonly<Record<"before" | "after", State>>,
  retyped: readonly Breaking[],
): SequenceDiff {
  if (before === undefined || after === undefined) {
    return {
      id,
      action: after === undefined ? "retire" : "create",
      before: before ?? null,
      after: after ?? null,
      changes: [],
      steps: after === undefined ? [] : allAdded(after.document),
      breaking: [],
    };
  }
  const changes = changesBetween(sequenceFields(before.document), sequenceFields(after.document));
  const same = { id, before, after, changes };
  if (before.digest === after.digest)
    return { ...same, action: "none", steps: [], breaking: retyped };
  const attributes = { before: states.before.attributes, after: states.after.attributes };
  return {
    ...same,
    action: "change",
    steps: diffSteps(before.document, after.document),
    breaking: [...breakingIn({ before, after, attributes }), ...retyped],
  };
}

function byId(sequences: readonly CompiledVersion[]): ReadonlyMap<string, CompiledVersion> {
  return new Map(sequences.map((sequence) => [sequence.id, sequence]));
}
