import { lookupPath } from "../facts.ts";
import type { Expr } from "./ast.ts";
import { NOTHING } from "./compiled.ts";
import type { Evaluator, LoopState, Surroundings } from "./evaluate.ts";
import type { Findings } from "./findings.ts";
import { readExpression } from "./read.ts";
import type { Run } from "./run.ts";
import type { Code } from "./scan.ts";
import type { For, If, Part } from "./structure.ts";
import { isTrue, textOf } from "./values.ts";
import type { Variables } from "./variables.ts";

export type Statement = (run: Run) => void;
type Around = Omit<Surroundings, "at">;

/** Compiles text, outputs, `if` and `for` to closures that append to a run. */
export class Compiler {
  private readonly findings: Findings;
  private readonly variables: Variables;
  private readonly evaluator: Evaluator;
  private slots = 0;

  constructor(findings: Findings, variables: Variables, evaluator: Evaluator) {
    this.findings = findings;
    this.variables = variables;
    this.evaluator = evaluator;
  }

  body(parts: readonly Part[], around: Around): Statement {
    const statements = parts.map((part) => this.part(part, around));
    const [only] = statements;
    if (only !== undefined && statements.length === 1) return only;
    return (run) => {
      for (const statement of statements) statement(run);
    };
  }

  private part(part: Part, around: Around): Statement {
    switch (part.kind) {
      case "text": {
        const { text } = part;
        return (run) => run.literal(text);
      }
      case "output":
        return this.output(part.code, around);
      case "if":
        return this.if(part, around);
      case "for":
        return this.for(part, around);
    }
  }

  private output(code: Code, around: Around): Statement {
    const expr = this.read(code);
    if (expr === null) return () => {};
    const { evaluate } = this.evaluator.compile(expr, { ...around, at: code.at });
    return (run) => run.value(textOf(evaluate(run)));
  }

  private if(part: If, around: Around): Statement {
    let tested = around.tested;
    const branches = part.branches.map(({ condition, body }) => {
      const expr = this.read(condition);
      const known = { ...around, tested, at: condition.at };
      const compiled = expr && this.evaluator.test(expr, known);
      tested = compiled?.tested ?? tested;
      return {
        condition: compiled?.evaluate ?? NOTHING.evaluate,
        body: this.body(body, { ...around, tested }),
      };
    });
    const otherwise = part.otherwise && this.body(part.otherwise, { ...around, tested });
    return (run) => {
      const taken = branches.find((branch) => isTrue(branch.condition(run)))?.body ?? otherwise;
      taken?.(run);
    };
  }

  /** Loops go over a list of the data, and nothing else. */
  private for(part: For, around: Around): Statement {
    const parts = this.list(part.list, around);
    const list = parts.join(".");
    const [item, loop] = [this.slots++, this.slots++];
    const locals = new Map(around.locals)
      .set(part.name, { slot: item, isLoop: false, list })
      .set("loop", { slot: loop, isLoop: true, list });
    const body = this.body(part.body, { ...around, locals });
    const otherwise = part.otherwise && this.body(part.otherwise, around);
    return (run) => {
      const values = lookupPath(run.facts, parts);
      if (Array.isArray(values) && values.length > 0) repeat(run, values, item, loop, body);
      else otherwise?.(run);
    };
  }

  /** The path of the list that a loop goes over; empty where it is none, which is told. */
  private list(code: Code, around: Around): readonly string[] {
    const expr = this.read(code);
    if (expr === null) return [];
    const span = { start: code.at + expr.start, end: code.at + expr.end };
    const isData = expr.kind === "path" && !around.locals.has(expr.parts[0] ?? "");
    if (!isData) {
      const hint = "for example {% for item in contact.custom.interests %}";
      this.findings.report("template-forbidden", span, "a loop goes over a list of the data", hint);
      return [];
    }
    const info = this.variables.use(span, expr.parts, true);
    if (info === null || info.type === "list") return expr.parts;
    this.findings.report("template-forbidden", span, `${expr.parts.join(".")} is no list`);
    return [];
  }

  private read({ text, at }: Code): Expr | null {
    if (text === null) return null;
    const { expr, errors } = readExpression(text);
    for (const { rule, message, hint, start, end } of errors) {
      this.findings.report(rule, { start: at + start, end: at + end }, message, hint);
    }
    return expr;
  }
}

function repeat(
  run: Run,
  values: readonly unknown[],
  item: number,
  loop: number,
  body: Statement,
): void {
  const { length } = values;
  for (const [index0, value] of values.entries()) {
    run.round();
    run.slots[item] = value;
    const state: LoopState = {
      index: index0 + 1,
      index0,
      first: index0 === 0,
      last: index0 === length - 1,
      length,
    };
    run.slots[loop] = state;
    body(run);
  }
}
