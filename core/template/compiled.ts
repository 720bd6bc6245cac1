import type { Run } from "./run.ts";
import { isBlank } from "./values.ts";

/**
 * Works out a value. Undefined says that there is none, because data is blank or makes no sense; it
 * was noted in the run where the value was to be shown. What an author leaves empty is "" or null.
 */
export type Evaluate = (run: Run) => unknown;

/** A compiled expression. */
export interface Compiled {
  readonly evaluate: Evaluate;
  /** The variables of which something would be shown. */
  readonly shows: readonly string[];
}

/** Where a name was wrong: told already, and never run. */
export const NOTHING: Compiled = { evaluate: () => undefined, shows: [] };

/** Passes on what was made of data; where nothing is left of it, the variables are noted as blank. */
export function orBlank(result: unknown, run: Run, shows: readonly string[]): unknown {
  if (!isBlank(result)) return result;
  for (const name of shows) run.blank(name);
  return undefined;
}
