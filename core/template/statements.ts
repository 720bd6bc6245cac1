import { lookup } from "../facts.ts";
import type { ExpressionCompiler, Local, LoopState, Surroundings } from "./expression.ts";
import type { SyntaxNode } from "./nunjucks.ts";
import type { Run } from "./run.ts";
import { pathOf, type SourceMap } from "./syntax.ts";
import { isBlank, textOf } from "./values.ts";
import type { Variables } from "./variables.ts";

export type Statement = (run: Run) => void;

/** Compiles text, output, `if` and `for` to closures that append to a run. */
export class StatementCompiler {
  private readonly map: SourceMap;
  private readonly variables: Variables;
  private readonly expressions: ExpressionCompiler;
  private slots = 0;

  constructor(map: SourceMap, variables: Variables, expressions: ExpressionCompiler) {
    this.map = map;
    this.variables = variables;
    this.expressions = expressions;
  }

  block(node: SyntaxNode, around: Surroundings): Statement {
    const statements = (node.children ?? []).flatMap((child) => this.statement(child, around));
    if (statements.length === 1) return statements[0]!;
    return (run) => {
      for (const statement of statements) statement(run);
    };
  }

  private statement(node: SyntaxNode, around: Surroundings): Statement[] {
    switch (node.typename) {
      case "Output":
        return (node.children ?? []).map((child) => this.output(child, around));
      case "If":
        return [this.if(node, around)];
      case "For":
        return this.for(node, around);
      default: {
        const name = node.typename.toLowerCase();
        const message = `"${name}" is not part of the template language`;
        const hint = "there are: output, if / elif / else, for, and comments";
        this.map.report("template-forbidden", this.map.span(node), message, hint);
        return [];
      }
    }
  }

  private output(node: SyntaxNode, around: Surroundings): Statement {
    if (node.typename === "TemplateData") {
      const text = String(node["value"]);
      return (run) => run.literal(text);
    }
    const { evaluate, blanks } = this.expressions.compile(node, around);
    if (blanks === null) return (run) => run.value(textOf(evaluate(run)));
    return (run) => {
      blanks(run, run.blanks);
      run.value(textOf(evaluate(run)));
    };
  }

  private if(node: SyntaxNode, around: Surroundings): Statement {
    const { test, tested } = this.expressions.condition(node["cond"] as SyntaxNode, around);
    const then = this.block(node["body"] as SyntaxNode, { ...around, tested });
    const otherNode = node["else_"] as SyntaxNode | null;
    if (!otherNode) return (run) => void (test(run) && then(run));
    const other =
      otherNode.typename === "If" ? this.if(otherNode, around) : this.block(otherNode, around);
    return (run) => (test(run) ? then(run) : other(run));
  }

  /** Loops go over a list of the data, and nothing else. */
  private for(node: SyntaxNode, around: Surroundings): Statement[] {
    const [list, name] = [node["arr"] as SyntaxNode, node["name"] as SyntaxNode];
    const path = pathOf(list);
    if (path === null || name.typename !== "Symbol" || around.locals.has(path[0] ?? "")) {
      const hint = "for example {% for item in contact.custom.interests %}";
      this.map.report(
        "template-forbidden",
        this.map.span(list),
        "a loop goes over a list of the data",
        hint,
      );
      return [];
    }
    const info = this.variables.use(list, path, true);
    if (info !== null && info.type !== "list") {
      this.map.report("template-forbidden", this.map.span(list), `${path.join(".")} is no list`);
      return [];
    }
    const [item, loop] = [this.slots++, this.slots++];
    const locals = new Map<string, Local>(around.locals)
      .set(String(name["value"]), { slot: item, isLoop: false })
      .set("loop", { slot: loop, isLoop: true });
    const body = this.block(node["body"] as SyntaxNode, { ...around, locals });
    const otherwise = node["else_"] ? this.block(node["else_"] as SyntaxNode, around) : null;
    const dotted = path.join(".");
    return [
      (run) => {
        const values = lookup(run.facts, dotted);
        if (isBlank(values) || !Array.isArray(values)) return otherwise?.(run);
        repeat(run, values, item, loop, body);
      },
    ];
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
