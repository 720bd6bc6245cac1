import type { Run } from "./run.ts";
import { isBlank } from "./values.ts";

export type Evaluate = (run: Run) => unknown;

/** A compiled expression. */
export interface Compiled {
  /** The value. A variable that is blank where it would be shown is noted in the run. */
  readonly evaluate: Evaluate;
  /** The variables that would be shown: noted too where the value comes out blank all the same. */
  readonly shows: readonly string[];
}

/** Where a name was wrong: told already, and never run. */
export const NOTHING: Compiled = { evaluate: () => undefined, shows: [] };

/** Reads what is to be shown, and notes it where it is blank. */
export function noted(read: Evaluate, name: string): Compiled {
  const evaluate: Evaluate = (run) => {
    const value = read(run);
    if (!isBlank(value)) return value;
    run.blank(name);
    return undefined;
  };
  return { evaluate, shows: [name] };
}

/** Makes something of what is shown. Blanks pass by; what becomes blank by it is noted like one. */
export function shown(inner: Compiled, apply: (value: unknown, run: Run) => unknown): Compiled {
  const { shows } = inner;
  const evaluate: Evaluate = (run) => {
    const value = inner.evaluate(run);
    if (isBlank(value)) return undefined;
    const result = apply(value, run);
    if (isBlank(result)) note(run, shows);
    return result;
  };
  return { evaluate, shows };
}

export function note(run: Run, names: readonly string[]): void {
  for (const name of names) run.blank(name);
}
