import type { Facts } from "../facts.ts";
import { checkCaps } from "./caps.ts";
import { ExpressionCompiler, type Compiled, type Surroundings } from "./expression.ts";
import { parseSyntax, type SyntaxFailure, type SyntaxNode } from "./nunjucks.ts";
import { LimitReached, Run } from "./run.ts";
import { StatementCompiler, type Statement } from "./statements.ts";
import { SourceMap } from "./syntax.ts";
import type {
  Expression,
  Rendered,
  RenderOptions,
  Scope,
  Template,
  TemplateError,
} from "./types.ts";
import { isTrue } from "./values.ts";
import { Variables } from "./variables.ts";

export { escapeHtml, unescapeHtml } from "./escape.ts";
export type * from "./types.ts";

export type ParsedTemplate =
  | { readonly template: Template; readonly errors: readonly [] }
  | { readonly template: null; readonly errors: readonly TemplateError[] };

export type ParsedExpression =
  | { readonly expression: Expression; readonly errors: readonly [] }
  | { readonly expression: null; readonly errors: readonly TemplateError[] };

const TOP: Surroundings = { locals: new Map(), tested: new Set(), guarded: false };

/**
 * Checks and compiles a template of the safe dialect. Nothing in it is ever compiled to code: the
 * syntax tree is held against an allow-list and becomes closures over the data.
 * @param scope the variables that may be used here; without one every name is taken on trust
 */
export function parseTemplate(source: string, scope?: Scope): ParsedTemplate {
  const text = source.replace(/\n+$/, "");
  if (!/\{[{%#]/.test(text)) return { template: constant(source, text), errors: [] };
  const capped = checkCaps(text);
  if (capped !== null) return { template: null, errors: [capped] };
  const map = new SourceMap(text);
  const parsed = parseSyntax(text);
  if ("failure" in parsed) return { template: null, errors: [syntaxError(parsed.failure, map)] };
  const variables = new Variables(scope, map);
  const expressions = new ExpressionCompiler(map, variables);
  const body = new StatementCompiler(map, variables, expressions).block(parsed.root, TOP);
  if (map.errors.length > 0) return { template: null, errors: map.errors };
  const render = (facts: Facts, options: RenderOptions) => renderBody(body, facts, options);
  return { template: { source, variables: variables.uses, render }, errors: [] };
}

const OPEN = "{{ ";

/**
 * Checks and compiles one condition, in the grammar of template expressions.
 * @param scope the variables that may be used here; without one every name is taken on trust
 */
export function parseExpression(source: string, scope?: Scope): ParsedExpression {
  const wrapped = `${OPEN}${source} }}`;
  const capped = checkCaps(wrapped);
  if (capped !== null)
    return { expression: null, errors: [{ ...capped, start: 0, end: source.length }] };
  const map = new SourceMap(wrapped, OPEN.length);
  const parsed = parseSyntax(wrapped);
  if ("failure" in parsed) return { expression: null, errors: [syntaxError(parsed.failure, map)] };
  const node = soleExpression(parsed.root);
  if (node === null) {
    map.report(
      "template-syntax",
      { start: 0, end: source.length },
      "write one condition, without braces",
    );
    return { expression: null, errors: map.errors };
  }
  const variables = new Variables(scope, map);
  const compiled = new ExpressionCompiler(map, variables).compile(node, { ...TOP, guarded: true });
  if (map.errors.length > 0) return { expression: null, errors: map.errors };
  return { expression: expressionOf(source, variables, compiled), errors: [] };
}

function expressionOf(source: string, variables: Variables, compiled: Compiled): Expression {
  const evaluate: Expression["evaluate"] = (facts, { zone, language }) => {
    try {
      return compiled.evaluate(new Run(facts, { zone, language, escape: "none" }));
    } catch (error) {
      if (error instanceof LimitReached) return undefined;
      throw error;
    }
  };
  return {
    source,
    variables: variables.uses,
    evaluate,
    test: (facts, options) => isTrue(evaluate(facts, options)),
  };
}

function renderBody(body: Statement, facts: Facts, options: RenderOptions): Rendered {
  const run = new Run(facts, options);
  try {
    body(run);
  } catch (error) {
    if (error instanceof LimitReached) return { kind: "limit", message: error.message };
    throw error;
  }
  if (run.blanks.size > 0) return { kind: "blank", variables: [...run.blanks] };
  return { kind: "text", text: run.text };
}

function constant(source: string, text: string): Template {
  const rendered: Rendered = { kind: "text", text };
  return { source, variables: [], render: () => rendered };
}

function soleExpression(root: SyntaxNode): SyntaxNode | null {
  const [output, ...more] = root.children ?? [];
  if (output?.typename !== "Output" || more.length > 0) return null;
  const [expression, ...others] = output.children ?? [];
  if (expression === undefined || others.length > 0 || expression.typename === "TemplateData")
    return null;
  return expression;
}

/** nunjucks counts lines and columns from 1 in its errors, from 0 in its nodes. */
function syntaxError({ message, line, column }: SyntaxFailure, map: SourceMap): TemplateError {
  const start = line === null ? 0 : map.offset(line - 1, Math.max(0, (column ?? 1) - 1));
  return { rule: "template-syntax", message: plainMessage(message), start, end: start + 1 };
}

function plainMessage(message: string): string {
  return message
    .replace(/^Template render error:\s*/, "")
    .replaceAll("variable-end", '"}}"')
    .replaceAll("block-end", '"%}"');
}
