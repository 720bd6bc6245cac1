import type { Comparison, Operator } from "./ast.ts";
import { bounded } from "./run.ts";
import { compareValues, isBlank, isEqual, numberOf, textOf } from "./values.ts";

/** What each comparison answers. Values that cannot be ordered are neither less nor more. */
export const COMPARE: Readonly<Record<Comparison, (a: unknown, b: unknown) => boolean>> = {
  "==": isEqual,
  "!=": (a, b) => !isEqual(a, b),
  "<": (a, b) => compareValues(a, b) < 0,
  "<=": (a, b) => compareValues(a, b) <= 0,
  ">": (a, b) => compareValues(a, b) > 0,
  ">=": (a, b) => compareValues(a, b) >= 0,
};

/** What each operator makes of two values; undefined where it has no answer. */
export const OPERATE: Readonly<Record<Operator, (a: unknown, b: unknown) => unknown>> = {
  "+": add,
  "-": numeric((a, b) => a - b),
  "*": numeric((a, b) => a * b),
  "/": numeric((a, b) => a / b),
  "%": numeric((a, b) => a % b),
  "~": joined,
};

/** Whether a list holds a value, or a text another text. */
export function contains(whole: unknown, value: unknown): boolean {
  if (Array.isArray(whole)) return whole.some((item) => isEqual(item, value));
  return typeof whole === "string" && !isBlank(value) && whole.includes(textOf(value));
}

/** Numbers add up; all else is put together. */
function add(a: unknown, b: unknown): unknown {
  if (typeof a === "number" || typeof b === "number") {
    const [x, y] = [numberOf(a), numberOf(b)];
    if (x !== null && y !== null) return finite(x + y);
  }
  return joined(a, b);
}

function joined(a: unknown, b: unknown): string {
  return bounded(textOf(a) + textOf(b));
}

function numeric(apply: (a: number, b: number) => number) {
  return (a: unknown, b: unknown): number | undefined => {
    const [x, y] = [numberOf(a), numberOf(b)];
    return x === null || y === null ? undefined : finite(apply(x, y));
  };
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
