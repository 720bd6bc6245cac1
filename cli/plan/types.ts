import type { Diagnostic } from "../../core/language/diagnostic.ts";
import type {
  Breaking,
  FieldChange,
  SequenceDiff,
  StepDiff,
} from "../../core/language/diff/index.ts";
import type { AttributeDeclaration } from "../../core/language/document.ts";
import type { Preview } from "../previews.ts";

/** What merging does. The keys of the product's contract, and what else a reviewer asks for. */
export interface Plan {
  /** As it was asked for. */
  readonly against: string;
  /** The workspace's folder, from the top of the repository; empty where they are one. */
  readonly root: string;
  /** Of every timeline here: ISO 8601 with the offset of the workspace's zone. */
  readonly start: string | null;
  readonly base: {
    readonly commit: string;
    /** The commit it is held against: an earlier one where `commit` is invalid, hence not live. */
    readonly compared: string | null;
  };
  readonly head: {
    readonly commit: string;
    /** Files that differ from the commit, and count all the same. */
    readonly uncommitted: readonly string[];
  };
  /** Every sequence of both sides; empty where the merge's result has errors. */
  readonly sequences: readonly PlannedSequence[];
  /** Custom attributes that are created. */
  readonly attributes: readonly AttributeDeclaration[];
  /** Changes of the live policy: they apply at once, to everyone. */
  readonly policy: readonly FieldChange[];
  /** All of them, also what concerns no sequence. */
  readonly breaking: readonly Breaking[];
  /** What a reader should know of the comparison itself. */
  readonly notes: readonly string[];
  /** Every finding about the merge's result. */
  readonly diagnostics: readonly Diagnostic[];
  /** Those that the base does not have. */
  readonly new_diagnostics: readonly Diagnostic[];
}

export interface PlannedSequence {
  readonly id: string;
  readonly name: string;
  readonly action: SequenceDiff["action"];
  /** The version that is live; null without a server. */
  readonly from: number | null;
  /** The version that merging makes, or returns to; null without a server. */
  readonly to: number | null;
  readonly digests: { readonly before: string | null; readonly after: string | null };
  /** Of the sequence itself. */
  readonly changes: readonly FieldChange[];
  readonly steps: readonly StepDiff[];
  readonly breaking: readonly Breaking[];
  /** Null without a server. They stay on their version. */
  readonly live_enrollments: LiveEnrollments | null;
  /** For each persona that fits, where what is said, or when, differs. */
  readonly previews: readonly ComparedPreview[];
}

export interface LiveEnrollments {
  readonly total: number;
  readonly versions: readonly {
    readonly version: number;
    readonly total: number;
    /** By the step that comes next; null: none, for now. */
    readonly steps: readonly { readonly step: string | null; readonly count: number }[];
  }[];
}

/** What one persona gets, before and after; null where there is no such sequence for them. */
export interface ComparedPreview {
  readonly persona: string;
  readonly before: Preview | null;
  readonly after: Preview | null;
}
