import type { TemplateError, TemplateRule } from "./types.ts";

/** 0-based offsets; the end is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What is wrong with one source, in the order in which it was found. */
export class Findings {
  readonly errors: TemplateError[] = [];

  report(rule: TemplateRule, { start, end }: Span, message: string, hint?: string): void {
    this.errors.push({ rule, message, ...(hint === undefined ? {} : { hint }), start, end });
  }
}
