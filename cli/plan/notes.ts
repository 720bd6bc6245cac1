import { digestOf } from "../../core/language/digest.ts";
import type { SequenceDiff } from "../../core/language/diff/index.ts";
import type { CompiledVersion } from "../../core/language/index.ts";

interface Comparison {
  readonly against: string;
  /** The commit that it is held against; null: none is valid. */
  readonly compared: string | null;
  /** Whether the branch's own head has errors. */
  readonly isBroken: boolean;
  readonly movedFrom: string | null;
  readonly sequences: readonly SequenceDiff[];
}

/** What a reader should know of the comparison itself. */
export function notesOn(comparison: Comparison): string[] {
  const { against, compared, isBroken, movedFrom, sequences } = comparison;
  return [
    ...(isBroken ? [brokenBase(against, compared)] : []),
    ...(movedFrom === null ? [] : [movedRoot(movedFrom)]),
    ...renamed(sequences),
  ];
}

function brokenBase(against: string, compared: string | null): string {
  return compared === null
    ? `${against} has errors, and so have the commits before it: everything counts as new`
    : `${against} has errors, so that it is not live: compared with ${compared.slice(0, 12)}, the newest commit before it that is valid`;
}

function movedRoot(from: string): string {
  const place = from === "" ? "the top of the repository" : from;
  return `the workspace moved away from ${place}: a server that reads it there finds nothing, and stalls until it is started with another --path`;
}

/** A sequence under another id is another sequence, which the one who renames it may not expect. */
function renamed(sequences: readonly SequenceDiff[]): string[] {
  const created = sequences.filter(({ action }) => action === "create");
  return sequences.flatMap(({ id, action, before }) => {
    const twin = action === "retire" ? created.find(({ after }) => isTwin(before, after)) : null;
    if (!twin) return [];
    return [
      `${twin.id} says what ${id} says: another id is another sequence, so whoever is under way finishes ${id}, and can be enrolled in ${twin.id} as well`,
    ];
  });
}

function isTwin(before: CompiledVersion | null, after: CompiledVersion | null): boolean {
  if (before === null || after === null) return false;
  return digestOf({ ...after.document, id: before.id }) === before.digest;
}
