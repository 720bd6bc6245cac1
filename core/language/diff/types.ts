import type { CompiledVersion } from "../compile.ts";
import type { AttributeDeclaration } from "../document.ts";
import type { Inbox, Policy } from "../policy.ts";
import type { SourceFile } from "../source.ts";

/** A valid workspace, as one commit holds it. */
export interface State {
  readonly files: readonly SourceFile[];
  readonly sequences: readonly CompiledVersion[];
  readonly attributes: readonly AttributeDeclaration[];
  /** Null where the commit has no workspace yet. */
  readonly workspace: Policy | null;
  readonly inboxes: readonly Inbox[];
}

/** One value that differs, in the words of the language; null where it is absent. */
export interface FieldChange {
  /** As authored, dotted: `wait`, `content.languages.pt-BR.body`. */
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** One step that differs. A step that moved and changed is `changed`, with two places. */
export interface StepDiff {
  readonly step: string;
  readonly action: "added" | "removed" | "moved" | "changed";
  /** Its place before, counted from 1; null where it was not there. */
  readonly from: number | null;
  readonly to: number | null;
  /** Its order among the steps that stay is another one. */
  readonly moved: boolean;
  /** Of a step that was added or removed: all that it says. */
  readonly changes: readonly FieldChange[];
}

export type BreakingRule =
  | "attribute-type-changed"
  | "channel-changed"
  | "step-removed"
  | "step-reused"
  | "target-changed"
  | "variable-newly-required"
  | "wait-shortened";

/** A change that somebody outside of these files may rest on: named, so that it can be looked up. */
export interface Breaking {
  readonly rule: BreakingRule;
  /** Null where it is about an attribute, which belongs to none. */
  readonly sequence: string | null;
  /** Null where it is about the sequence, or about an attribute, as a whole. */
  readonly step: string | null;
  readonly message: string;
  readonly hint: string;
  readonly file: string;
  readonly line: number;
  /** Which of the two states has the file and the line. */
  readonly side: "before" | "after";
}

/** What becomes of one sequence. */
export interface SequenceDiff {
  readonly id: string;
  /** `none`: its digest is the same, so that no version is made. */
  readonly action: "create" | "change" | "retire" | "none";
  readonly before: CompiledVersion | null;
  readonly after: CompiledVersion | null;
  /** Of the sequence itself. Its name is among them, although it makes no version. */
  readonly changes: readonly FieldChange[];
  readonly steps: readonly StepDiff[];
  readonly breaking: readonly Breaking[];
}

/** What becomes of a workspace. */
export interface WorkspaceDiff {
  /** All of them, by id. */
  readonly sequences: readonly SequenceDiff[];
  /** Attributes that were not declared before. */
  readonly attributes: readonly AttributeDeclaration[];
  /** Of the live policy and the inboxes: it applies at once, to those under way too. */
  readonly policy: readonly FieldChange[];
  /** Every breaking change, also what concerns no sequence. */
  readonly breaking: readonly Breaking[];
}
