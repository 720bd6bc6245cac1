import type { TemplateError, TemplateRule } from "./types.ts";

/** 0-based offsets; the end is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** More than these tell no more, and a hostile source could hold thousands. */
const MOST = 50;

/** What is wrong with one source, in the order in which it was found. */
export class Findings {
  readonly errors: TemplateError[] = [];

  report(rule: TemplateRule, { start, end }: Span, message: string, hint?: string): void {
    if (this.errors.length === MOST) return;
    this.errors.push({ rule, message, ...(hint === undefined ? {} : { hint }), start, end });
  }

  /** The findings as a reader meets them. */
  sorted(): readonly TemplateError[] {
    return this.errors.toSorted((a, b) => a.start - b.start);
  }
}
