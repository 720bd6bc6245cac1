import type { Facts } from "../facts.ts";
import { Compiler, type Statement } from "./compile.ts";
import type { Evaluate } from "./compiled.ts";
import { Evaluator, type Surroundings } from "./evaluate.ts";
import { Findings } from "./findings.ts";
import { readExpression } from "./read.ts";
import { LimitReached, Run } from "./run.ts";
import { MAX_CODE, scanCode } from "./scan-code.ts";
import { MAX_LENGTH, scan } from "./scan.ts";
import { structure } from "./structure.ts";
import type {
  Expression,
  Rendered,
  RenderOptions,
  Scope,
  Template,
  TemplateError,
  VariableUse,
} from "./types.ts";
import { isTrue } from "./values.ts";
import { Variables } from "./variables.ts";

export { certainText } from "./certain.ts";
export { constantsIn } from "./constant.ts";
export { escapeHtml, unescapeHtml } from "./escape.ts";
export type * from "./types.ts";

export type ParsedTemplate =
  | { readonly template: Template; readonly errors: readonly [] }
  | { readonly template: null; readonly errors: readonly TemplateError[] };

export type ParsedExpression =
  | { readonly expression: Expression; readonly errors: readonly [] }
  | { readonly expression: null; readonly errors: readonly TemplateError[] };

const BARE = "a condition is written without braces";
const HOW = 'take them out, as in: charge.status == "paid"';
const TOP: Surroundings = { at: 0, locals: new Map(), tested: new Set(), guarded: false };

/**
 * Checks and compiles a template of the safe dialect. Nothing in it is ever compiled to code: what
 * is on the allow-list becomes closures over the data, all else a finding.
 * @param scope the variables that may be used here; without one every name is taken on trust
 */
export function parseTemplate(source: string, scope?: Scope): ParsedTemplate {
  if (source.length > MAX_LENGTH)
    return { template: null, errors: [tooLong(source, "template", MAX_LENGTH)] };
  const text = withoutTrailingNewlines(source);
  if (!/\{[{%#]/.test(text)) return { template: constant(source, text), errors: [] };
  const findings = new Findings();
  const variables = new Variables(scope, findings);
  const parts = structure(scan(text, findings), findings);
  const evaluator = new Evaluator(variables, findings);
  const body = new Compiler(findings, variables, evaluator).body(parts, TOP);
  if (findings.errors.length > 0) return { template: null, errors: findings.sorted() };
  return { template: templateOf(source, variables.uses, body), errors: [] };
}

/**
 * Checks and compiles one condition, in the grammar of template expressions.
 * @param scope the variables that may be used here; without one every name is taken on trust
 */
export function parseExpression(source: string, scope?: Scope): ParsedExpression {
  if (source.length > MAX_CODE)
    return { expression: null, errors: [tooLong(source, "condition", MAX_CODE)] };
  const findings = new Findings();
  const opening = /^\s*\{[{%]/.exec(source)?.[0];
  if (opening !== undefined) {
    findings.report(
      "template-syntax",
      { start: opening.length - 2, end: opening.length },
      BARE,
      HOW,
    );
  } else {
    const { closer, end, tagEnd } = scanCode(source, 0, findings);
    if (closer !== null) findings.report("template-syntax", { start: end, end: tagEnd }, BARE, HOW);
  }
  const { expr, errors } =
    findings.errors.length > 0 ? { expr: null, errors: findings.errors } : readExpression(source);
  if (expr === null) return { expression: null, errors };
  const variables = new Variables(scope, findings);
  const { evaluate } = new Evaluator(variables, findings).compile(expr, { ...TOP, guarded: true });
  if (findings.errors.length > 0) return { expression: null, errors: findings.sorted() };
  return { expression: expressionOf(source, variables.uses, evaluate), errors: [] };
}

function templateOf(source: string, variables: readonly VariableUse[], body: Statement): Template {
  const render = (facts: Facts, options: RenderOptions): Rendered => {
    const run = new Run(facts, options);
    try {
      body(run);
    } catch (error) {
      if (error instanceof LimitReached) return { kind: "limit", message: error.message };
      throw error;
    }
    if (run.blanks !== null) return { kind: "blank", variables: run.blanks };
    return { kind: "text", text: run.text };
  };
  return { source, variables, render };
}

function constant(source: string, text: string): Template {
  const rendered: Rendered = { kind: "text", text };
  return { source, variables: [], render: () => rendered };
}

function expressionOf(
  source: string,
  variables: readonly VariableUse[],
  evaluator: Evaluate,
): Expression {
  const evaluate: Expression["evaluate"] = (facts, { zone, language }) => {
    try {
      return evaluator(new Run(facts, { zone, language, escape: "none" }));
    } catch (error) {
      if (error instanceof LimitReached) return undefined;
      throw error;
    }
  };
  return {
    source,
    variables,
    evaluate,
    test: (facts, options) => isTrue(evaluate(facts, options)),
  };
}

/** A block of YAML ends in a newline that nobody means. */
function withoutTrailingNewlines(source: string): string {
  let end = source.length;
  while (source[end - 1] === "\n" || source[end - 1] === "\r") end -= 1;
  return source.slice(0, end);
}

function tooLong({ length }: string, what: string, most: number): TemplateError {
  const message = `the ${what} has ${length} characters; at most ${most} are allowed`;
  return { rule: "template-too-big", message, start: 0, end: 1 };
}
