import { createRecompiler } from "../core/language/index.ts";
import type { KnownSequences } from "../store/known-sequences.ts";
import type { SourceProgress } from "../store/reconciliations.ts";
import type { KnownFiles } from "./next-files.ts";

/** What a controller remembers of the commit that it read last: the next one differs by little. */
export interface Memory {
  readonly files: KnownFiles;
  readonly compile: ReturnType<typeof createRecompiler>;
  sequences: Remembered | null;
}

/** The sequences as they stood when the source stood there. */
interface Remembered {
  readonly at: Attempt;
  readonly known: KnownSequences;
}

type Attempt = Pick<SourceProgress, "lastAttempted" | "lastApplied" | "attemptedAt">;

export function createMemory(): Memory {
  return {
    files: { last: null, byName: new Map() },
    compile: createRecompiler(),
    sequences: null,
  };
}

/** The sequences as they stand; null where anybody has published since, or nothing is remembered. */
export function rememberedAt(memory: Memory | undefined, seen: Attempt): KnownSequences | null {
  const remembered = memory?.sequences ?? null;
  if (remembered === null) return null;
  const { lastAttempted, lastApplied, attemptedAt } = remembered.at;
  const isSame =
    lastAttempted === seen.lastAttempted &&
    lastApplied === seen.lastApplied &&
    attemptedAt === seen.attemptedAt;
  return isSame ? remembered.known : null;
}
