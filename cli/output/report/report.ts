import type { Diagnostic } from "../../../core/language/diagnostic.ts";
import { count } from "../words.ts";

/** Findings about one workspace, for a machine or a page to read. */
export interface Report {
  /** Sorted; `file` is relative to the workspace. */
  readonly diagnostics: readonly Diagnostic[];
  /** Every file that was checked, relative to the workspace. */
  readonly files: readonly string[];
  readonly summary: Summary;
  /** From the top of the repository to the workspace, with a `/` at its end; empty where they are one. */
  readonly prefix: string;
}

export interface Summary {
  readonly files: number;
  readonly errors: number;
  readonly warnings: number;
}

/** `12 files: 2 errors, 1 warning`. */
export function tell({ files, errors, warnings }: Summary): string {
  const found =
    errors + warnings === 0
      ? "no findings"
      : `${count(errors, "error")}, ${count(warnings, "warning")}`;
  return `${count(files, "file")}: ${found}`;
}

/** What is wrong and what to do, in one text. */
export function messageOf({ message, hint }: Diagnostic): string {
  return hint === undefined ? message : `${message}\n→ ${hint}`;
}
