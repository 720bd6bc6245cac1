import { memoize } from "../time/memo.ts";
import type { Comparison, Expr, Operator } from "./ast.ts";
import { Findings, type Span } from "./findings.ts";
import { isForbidden, isName } from "./names.ts";
import { explain } from "./explain.ts";
import { child, parseSyntax, type SyntaxNode } from "./nunjucks.ts";
import { Positions } from "./positions.ts";
import { readFilter } from "./read-filter.ts";
import type { TemplateError } from "./types.ts";

/** An expression that was read, or what is wrong with it. Offsets are into the expression's own text. */
type Reading =
  | { readonly expr: Expr; readonly errors: readonly [] }
  | { readonly expr: null; readonly errors: readonly TemplateError[] };

/**
 * Reads code that `scanCode` has passed. The same few expressions fill most templates, so each is
 * parsed once.
 */
export const readExpression: (text: string) => Reading = memoize(5_000, (text) => {
  const reader = new Reader(text);
  const expr = reader.read();
  const { errors } = reader.findings;
  return expr !== null && errors.length === 0 ? { expr, errors: [] } : { expr: null, errors };
});

const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ["Add", "+"],
  ["Sub", "-"],
  ["Mul", "*"],
  ["Div", "/"],
  ["Mod", "%"],
  ["Concat", "~"],
]);

const COMPARISONS: ReadonlyMap<unknown, Comparison> = new Map<unknown, Comparison>([
  ["==", "=="],
  ["===", "=="],
  ["!=", "!="],
  ["!==", "!="],
  ["<", "<"],
  ["<=", "<="],
  [">", ">"],
  [">=", ">="],
]);

const FORBIDDEN: ReadonlyMap<string, string> = new Map([
  ["FunCall", "a call is"],
  ["Array", "a list is"],
  ["Dict", "a map is"],
  ["KeywordArgs", "a named argument is"],
]);

/** How deep operators, filters and brackets may lie in each other. */
const MAX_DEPTH = 100;

/** Turns one syntax tree of nunjucks into an expression of the dialect; whatever is not listed is refused. */
class Reader {
  readonly findings = new Findings();
  private readonly text: string;
  private readonly positions: Positions;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
    this.positions = new Positions(text);
  }

  read(): Expr | null {
    if (this.text.trim() === "")
      return this.refuse("template-syntax", this.whole(), "something is missing here");
    const parsed = parseSyntax(`{{ ${this.text} }}`);
    if ("failure" in parsed) {
      const { span, message, hint } = explain(parsed.failure, this.text, this.positions);
      return this.refuse("template-syntax", span, message, hint);
    }
    const [output, ...more] = parsed.root.children ?? [];
    const [node, ...others] = output?.children ?? [];
    if (output?.typename !== "Output" || node === undefined || more.length + others.length > 0) {
      return this.refuse("template-syntax", this.whole(), "one expression must stand here");
    }
    return this.expr(node);
  }

  private expr(node: SyntaxNode): Expr | null {
    if (this.depth === MAX_DEPTH) {
      const message = "this is put together from too many parts";
      return this.refuse("template-too-big", this.positions.token(node), message);
    }
    this.depth += 1;
    const expr = this.exprOf(node);
    this.depth -= 1;
    return expr;
  }

  private exprOf(node: SyntaxNode): Expr | null {
    switch (node.typename) {
      case "Literal":
        return this.literal(node);
      case "Symbol":
      case "LookupVal":
        return this.path(node);
      case "Group":
        return this.group(node);
      case "Filter":
        return this.filter(node);
      case "InlineIf":
        return this.choice(node);
      case "Not":
        return this.unary(node, (value) => ({ kind: "not", value, ...this.from(node, value) }));
      case "Neg":
      case "Pos": {
        const sign = node.typename === "Neg" ? -1 : 1;
        return this.unary(node, (value) => ({
          kind: "sign",
          sign,
          value,
          ...this.from(node, value),
        }));
      }
      case "And":
        return this.binary(node, (sides) => ({ kind: "and", ...sides }));
      case "Or":
        return this.binary(node, (sides) => ({ kind: "or", ...sides }));
      case "In":
        return this.binary(node, (sides) => ({ kind: "in", ...sides }));
      case "Compare":
        return this.compare(node);
      case "Is":
        return this.is(node);
      default: {
        const operator = OPERATORS.get(node.typename);
        if (operator === undefined) return this.forbid(node);
        return this.binary(node, (sides) => ({ kind: "operation", operator, ...sides }));
      }
    }
  }

  private literal(node: SyntaxNode): Expr | null {
    const value = node["value"];
    const span = this.positions.token(node);
    switch (typeof value) {
      case "string":
      case "boolean":
        return { kind: "literal", value, ...span };
      case "number":
        if (Number.isFinite(value)) return { kind: "literal", value, ...span };
        return this.refuse("template-syntax", span, "this number is too large");
      default:
        return value === null ? { kind: "literal", value, ...span } : this.forbid(node);
    }
  }

  /** Fields are named, by a dot or in quotes; one that is worked out could be any. */
  private path(node: SyntaxNode): Expr | null {
    if (node.typename === "Symbol") {
      return { kind: "path", parts: [String(node["value"])], ...this.positions.token(node) };
    }
    const target = child(node, "target");
    if (target === undefined || (target.typename !== "Symbol" && target.typename !== "LookupVal")) {
      return this.forbid(target ?? node);
    }
    const before = this.path(target);
    const key = child(node, "val");
    const name = key?.typename === "Literal" ? key["value"] : undefined;
    if (before?.kind !== "path") return null;
    if (key === undefined || typeof name !== "string") {
      const hint = "write it out: contact.custom.plan";
      const span = (key && this.positions.path(key)) ?? (key ? this.positions.token(key) : before);
      return this.refuse("template-forbidden", span, "a field must be named, not worked out", hint);
    }
    const span = { start: before.start, end: this.positions.endOfField(key, before.end) };
    if (isForbidden(name) || !isName(name)) {
      return this.refuse(
        "template-forbidden",
        this.positions.token(key),
        `"${name}" is not a field of data`,
      );
    }
    return { kind: "path", parts: [...before.parts, name], ...span };
  }

  private group(node: SyntaxNode): Expr | null {
    const [inner, ...more] = node.children ?? [];
    if (inner !== undefined && more.length === 0) return this.expr(inner);
    return this.refuse("template-syntax", this.positions.token(node), "brackets hold one value");
  }

  private filter(node: SyntaxNode): Expr | null {
    const [input, ...given] = child(node, "args")?.children ?? [];
    const named = child(node, "name");
    if (input === undefined || named === undefined) return this.forbid(node);
    const value = this.expr(input);
    const args = given.map((argument) => this.expr(argument));
    if (value === null || !isComplete(args)) return null;
    const name = String(named["value"]);
    return readFilter({ name, value, args, ...this.positions.token(named) }, this.findings);
  }

  private choice(node: SyntaxNode): Expr | null {
    const then = this.child(node, "body");
    const condition = this.child(node, "cond");
    const otherwise = node["else_"] ? this.child(node, "else_") : null;
    if (then === null || condition === null || (node["else_"] && otherwise === null)) return null;
    const { end } = otherwise ?? condition;
    return { kind: "choice", condition, then, otherwise, start: then.start, end };
  }

  private compare(node: SyntaxNode): Expr | null {
    const [operand, ...more] = node["ops"] as readonly SyntaxNode[];
    const operator = COMPARISONS.get(operand?.["type"]);
    const left = this.child(node, "expr");
    if (operand === undefined || operator === undefined) return this.forbid(node);
    if (more[0] !== undefined) {
      const hint = "write: a < b and b < c";
      return this.refuse(
        "template-forbidden",
        this.positions.token(more[0]),
        "compare two values at a time",
        hint,
      );
    }
    const right = this.child(operand, "expr");
    if (left === null || right === null) return null;
    return { kind: "compare", operator, left, right, start: left.start, end: right.end };
  }

  private is(node: SyntaxNode): Expr | null {
    const value = this.child(node, "left");
    const right = child(node, "right");
    if (right === undefined) return this.forbid(node);
    const test = right["value"];
    const span = this.positions.token(right);
    if (right.typename !== "Symbol" || (test !== "defined" && test !== "undefined")) {
      const hint = "after is comes defined or undefined; compare with ==";
      return this.refuse(
        "template-forbidden",
        span,
        "this test is not part of the template language",
        hint,
      );
    }
    const isDefined = test === "defined";
    return value && { kind: "defined", value, isDefined, start: value.start, end: span.end };
  }

  private unary(node: SyntaxNode, make: (value: Expr) => Expr): Expr | null {
    const value = this.child(node, "target");
    return value && make(value);
  }

  private binary(
    node: SyntaxNode,
    make: (sides: { left: Expr; right: Expr } & Span) => Expr,
  ): Expr | null {
    const left = this.child(node, "left");
    const right = this.child(node, "right");
    if (left === null || right === null) return null;
    return make({ left, right, start: left.start, end: right.end });
  }

  private child(node: SyntaxNode, field: string): Expr | null {
    const found = child(node, field);
    return found === undefined ? this.forbid(node) : this.expr(found);
  }

  private from(node: SyntaxNode, { end }: Span): Span {
    return { start: this.positions.token(node).start, end };
  }

  private whole(): Span {
    return { start: 0, end: Math.max(1, this.text.length) };
  }

  private forbid(node: SyntaxNode): null {
    // A call and a named argument are known by their names, not by a bracket.
    const [pair] = node.typename === "KeywordArgs" ? (node.children ?? []) : [];
    const named = pair === undefined ? child(node, "name") : child(pair, "key");
    const path = named && this.positions.path(named);
    const what = FORBIDDEN.get(node.typename) ?? "this is";
    const span = path ?? this.positions.token(node);
    return this.refuse("template-forbidden", span, `${what} not part of the template language`);
  }

  private refuse(rule: TemplateError["rule"], span: Span, message: string, hint?: string): null {
    this.findings.report(rule, span, message, hint);
    return null;
  }
}

function isComplete(exprs: readonly (Expr | null)[]): exprs is readonly Expr[] {
  return !exprs.includes(null);
}
