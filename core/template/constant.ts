import { didYouMean } from "../did-you-mean.ts";
import type { Comparison, Expr, Literal } from "./ast.ts";
import type { Span } from "./findings.ts";
import { readExpression } from "./read.ts";
import type { FieldInfo } from "./types.ts";

/** A part of a condition that is the same for everybody. */
interface Constant extends Span {
  readonly message: string;
  readonly hint?: string;
}

type Compare = Extract<Expr, { kind: "compare" }>;
type FieldOf = (path: string) => FieldInfo | undefined;

/**
 * Finds what is always true or always false in a condition: only what is sure, whatever the data holds.
 * A condition that cannot be read has findings of its own, and none here.
 */
export function constantsIn(source: string, fieldOf: FieldOf): readonly Constant[] {
  const { expr } = readExpression(source);
  if (expr === null) return [];
  if (variablesIn(expr).length === 0) {
    return [
      { ...spanOf(expr), message: "this names no variable, so it is the same for everybody" },
    ];
  }
  return constantParts(expr, fieldOf);
}

function constantParts(expr: Expr, fieldOf: FieldOf): Constant[] {
  const own = expr.kind === "compare" ? comparison(expr, fieldOf) : null;
  if (own !== null) return [own];
  const contradiction = expr.kind === "and" ? contradictionIn(expr) : null;
  if (contradiction !== null) return [contradiction];
  return childrenOf(expr).flatMap((child) => constantParts(child, fieldOf));
}

function comparison(
  { operator, left, right, ...span }: Compare,
  fieldOf: FieldOf,
): Constant | null {
  const [a, b] = [pathOf(left), pathOf(right)];
  if (a !== null && a === b) {
    return { ...spanOf(span), message: `this compares ${a} with itself` };
  }
  const path = a ?? b;
  const other = a === null ? left : right;
  if (path === null || other.kind !== "literal" || other.value === null) return null;
  const field = fieldOf(path);
  return field === undefined ? null : impossible(path, field, operator, other.value, spanOf(other));
}

/** A variable that can never be what it is compared with. */
function impossible(
  path: string,
  { type, options }: FieldInfo,
  operator: Comparison,
  value: Literal,
  span: Span,
): Constant | null {
  if (operator !== "==" && operator !== "!=") return null;
  const verdict = operator === "==" ? "this is never true" : "this is always true";
  const written = JSON.stringify(value);
  if (options !== undefined && typeof value === "string" && !options.includes(value)) {
    const near = didYouMean(value, options);
    return {
      ...span,
      message: `${path} is never ${written}, so ${verdict}`,
      hint: near === undefined ? `it is one of: ${options.join(", ")}` : `did you mean "${near}"?`,
    };
  }
  if (!isIncomparable(type, value)) return null;
  return { ...span, message: `${path} is ${KINDS[type]}, and never ${written}, so ${verdict}` };
}

const KINDS: { readonly [type in FieldInfo["type"]]: string } = {
  text: "text",
  number: "a number",
  boolean: "true or false",
  date: "a date",
  datetime: "an instant",
  list: "a list",
  link: "a link",
  currency: "an amount",
};

/** A number equals its text, but no other one; true and false equal nothing else. */
function isIncomparable(type: FieldInfo["type"], value: Literal): boolean {
  if (typeof value === "boolean") return type !== "boolean";
  if (type === "boolean") return true;
  const isNumber = type === "number" || type === "currency";
  return (
    isNumber && typeof value === "string" && (value.trim() === "" || Number.isNaN(Number(value)))
  );
}

/** `a == "x" and a == "y"`. */
function contradictionIn(expr: Expr): Constant | null {
  const wanted = new Map<string, Literal>();
  for (const one of conjuncts(expr)) {
    if (one.kind !== "compare" || one.operator !== "==") continue;
    const path = pathOf(one.left) ?? pathOf(one.right);
    const other = pathOf(one.left) === null ? one.left : one.right;
    if (path === null || other.kind !== "literal") continue;
    const before = wanted.get(path);
    if (before !== undefined && before !== other.value) {
      const message = `${path} cannot be ${JSON.stringify(before)} and ${JSON.stringify(other.value)}, so this is never true`;
      return { ...spanOf(one), message, hint: "write or between them, if either will do" };
    }
    wanted.set(path, other.value);
  }
  return null;
}

function conjuncts(expr: Expr): Expr[] {
  return expr.kind === "and" ? [...conjuncts(expr.left), ...conjuncts(expr.right)] : [expr];
}

function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "literal":
    case "path":
      return [];
    case "default":
      return [expr.value, expr.fallback];
    case "filter":
      return [expr.value, ...expr.args];
    case "not":
    case "sign":
    case "defined":
      return [expr.value];
    case "and":
    case "or":
    case "in":
    case "compare":
    case "operation":
      return [expr.left, expr.right];
    case "choice":
      return [expr.condition, expr.then, ...(expr.otherwise === null ? [] : [expr.otherwise])];
  }
}

function variablesIn(expr: Expr): string[] {
  const own = pathOf(expr);
  return own === null ? childrenOf(expr).flatMap(variablesIn) : [own];
}

function pathOf(expr: Expr): string | null {
  return expr.kind === "path" ? expr.parts.join(".") : null;
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}
