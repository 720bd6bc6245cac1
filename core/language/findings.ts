import type { RuleId } from "./catalogue/index.ts";
import type { Diagnostic, Severity } from "./diagnostic.ts";
import { locateInside, locateKey, locateValue } from "./locate.ts";
import { START, type ParsedFile, type Path, type Span } from "./source.ts";

/** More findings than this in one file are an attack or a file of another kind altogether. */
export const MOST_FINDINGS = 500;

/** Collects what rules find, with its place. */
export class Findings {
  readonly diagnostics: Diagnostic[] = [];
  private readonly counts = new Map<string, number>();
  private readonly isTold: (file: ParsedFile, rule: RuleId) => boolean;

  /** @param isTold whether a finding of this rule makes sense in this file */
  constructor(isTold: (file: ParsedFile, rule: RuleId) => boolean) {
    this.isTold = isTold;
  }

  /** Reports at a value. */
  at(
    file: ParsedFile,
    path: Path,
    rule: RuleId,
    message: string,
    hint?: string,
    severity?: Severity,
  ): void {
    this.add(file, () => locateValue(file, path), rule, message, hint, severity);
  }

  /** Reports at a key. */
  atKey(
    file: ParsedFile,
    path: Path,
    rule: RuleId,
    message: string,
    hint?: string,
    severity?: Severity,
  ): void {
    this.add(file, () => locateKey(file, path), rule, message, hint, severity);
  }

  /** Reports at a part of a text value, by 0-based offsets. */
  inside(
    file: ParsedFile,
    path: Path,
    { start, end }: { readonly start: number; readonly end: number },
    rule: RuleId,
    message: string,
    hint?: string,
    severity?: Severity,
  ): void {
    this.add(file, () => locateInside(file, path, start, end), rule, message, hint, severity);
  }

  private add(
    file: ParsedFile,
    locate: () => Span,
    rule: RuleId,
    message: string,
    hint: string | undefined,
    severity: Severity = "error",
  ): void {
    if (!this.isTold(file, rule)) return;
    const count = (this.counts.get(file.path) ?? 0) + 1;
    this.counts.set(file.path, count);
    if (count === MOST_FINDINGS + 1) this.diagnostics.push(tooMany(file.path));
    if (count > MOST_FINDINGS) return;
    const advice = hint === undefined ? {} : { hint };
    this.diagnostics.push({ rule, severity, file: file.path, ...locate(), message, ...advice });
  }
}

/** An error, because an error may be among those that are not told. */
function tooMany(file: string): Diagnostic {
  const message = `there are more than ${MOST_FINDINGS} findings in this file; the others are not shown`;
  return { rule: "too-many-findings", severity: "error", file, ...START, message };
}
