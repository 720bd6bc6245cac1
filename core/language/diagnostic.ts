/** How much a finding weighs. Errors make a workspace invalid; warnings do so only under `--strict`. */
export type Severity = "error" | "warning";

/**
 * One finding about the files under review, as data: user mistakes never throw.
 * Lines and columns are 1-based; the end is exclusive. `file` is relative to the workspace root.
 */
export interface Diagnostic {
  rule: string;
  severity: Severity;
  file: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  message: string;
  hint?: string;
}

/** Orders findings as a reader meets them: by file, then position, then rule. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    compareText(a.rule, b.rule) ||
    compareText(a.message, b.message)
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
