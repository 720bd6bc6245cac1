import type { Severity } from "../diagnostic.ts";

/** A rule that files are held against, for whoever breaks it. */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  /** Why it is a rule, in one line. */
  readonly reason: string;
  /** Markdown: why, an example that is wrong, one that is right. */
  readonly page: string;
}

/** Every rule. */
export const CATALOGUE: readonly Rule[] = [];

/** The rule of that id. */
export function ruleNamed(id: string): Rule | undefined {
  return CATALOGUE.find((rule) => rule.id === id);
}
