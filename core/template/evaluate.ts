import { lookupPath } from "../facts.ts";
import type { Expr } from "./ast.ts";
import { NOTHING, orBlank, type Compiled, type Evaluate } from "./compiled.ts";
import type { Findings, Span } from "./findings.ts";
import { COMPARE, contains, OPERATE } from "./operators.ts";
import { bounded } from "./run.ts";
import { isBlank, isTrue, numberOf } from "./values.ts";
import type { Variables } from "./variables.ts";

/** A loop variable in reach: where its value is kept, and the list it comes from. */
interface Local {
  readonly slot: number;
  readonly isLoop: boolean;
  readonly list: string;
}

/** What surrounds an expression. */
export interface Surroundings {
  /** Where the expression begins in the source. */
  readonly at: number;
  readonly locals: ReadonlyMap<string, Local>;
  /** Paths that a condition around it has tested. */
  readonly tested: ReadonlySet<string>;
  /** It is not shown: it stands in a condition, or has a `default`. Blanks are fine there. */
  readonly guarded: boolean;
}

/** What `loop` holds inside a `for`. */
export interface LoopState {
  readonly index: number;
  readonly index0: number;
  readonly first: boolean;
  readonly last: boolean;
  readonly length: number;
}

const LOOP_FIELDS: readonly string[] = ["index", "index0", "first", "last", "length"];

/** Compiles the expressions of one template to closures over the data. */
export class Evaluator {
  private readonly variables: Variables;
  private readonly findings: Findings;

  constructor(variables: Variables, findings: Findings) {
    this.variables = variables;
    this.findings = findings;
  }

  compile(expr: Expr, around: Surroundings): Compiled {
    switch (expr.kind) {
      case "literal": {
        const { value } = expr;
        return { evaluate: () => value, shows: [] };
      }
      case "path":
        return this.path(expr, expr.parts, around);
      case "default":
        return this.fallback(expr.value, expr.fallback, around);
      case "filter":
        return this.filter(expr, around);
      case "sign":
        return this.sign(expr.value, expr.sign, around);
      case "operation":
        return this.operation(expr, around);
      case "choice":
        return this.choice(expr, around);
      case "or":
        return this.or(expr.left, expr.right, around);
      case "and":
        return this.and(expr.left, expr.right, around);
      default:
        return { evaluate: this.answer(expr, { ...around, guarded: true }), shows: [] };
    }
  }

  /** A condition, and the paths that whatever it guards can rely on. */
  test(expr: Expr, around: Surroundings): { evaluate: Evaluate; tested: ReadonlySet<string> } {
    const before = this.variables.uses.length;
    const { evaluate } = this.compile(expr, { ...around, guarded: true });
    const mentioned = this.variables.uses.slice(before).map(({ path }) => path);
    return { evaluate, tested: new Set([...around.tested, ...mentioned]) };
  }

  private path(span: Span, parts: readonly string[], around: Surroundings): Compiled {
    const [root = "", ...fields] = parts;
    const where = { start: around.at + span.start, end: around.at + span.end };
    const local = around.locals.get(root);
    if (local !== undefined) return this.local(local, where, root, fields, around);
    const name = parts.join(".");
    this.variables.use(where, parts, around.guarded || around.tested.has(name));
    const shows = around.guarded ? [] : [name];
    return { evaluate: (run) => orBlank(scalar(lookupPath(run.facts, parts)), run, shows), shows };
  }

  private local(
    { slot, isLoop, list }: Local,
    where: Span,
    root: string,
    fields: readonly string[],
    around: Surroundings,
  ): Compiled {
    if (!isLoop) {
      if (fields.length > 0) return this.noField(where, root, `write {{ ${root} }}`);
      const shows = around.guarded ? [] : [list];
      return { evaluate: (run) => orBlank(scalar(run.slots[slot]), run, shows), shows };
    }
    const [field = "", ...more] = fields;
    if (!LOOP_FIELDS.includes(field) || more.length > 0) {
      return this.noField(where, root, `loop has ${LOOP_FIELDS.join(", ")}`);
    }
    const key = field as keyof LoopState;
    return { evaluate: (run) => (run.slots[slot] as LoopState)[key], shows: [] };
  }

  private noField(where: Span, root: string, hint: string): Compiled {
    this.findings.report("unknown-variable", where, `${root} has no such field`, hint);
    return NOTHING;
  }

  private fallback(value: Expr, fallback: Expr, around: Surroundings): Compiled {
    const first = this.compile(value, { ...around, guarded: true }).evaluate;
    const { evaluate: instead, shows } = this.compile(fallback, around);
    return {
      evaluate: (run) => {
        const found = first(run);
        return isBlank(found) ? instead(run) : found;
      },
      shows,
    };
  }

  private filter(expr: Extract<Expr, { kind: "filter" }>, around: Surroundings): Compiled {
    const { filter } = expr;
    const value = this.compile(expr.value, around);
    const literals = expr.args.flatMap((arg) => (arg.kind === "literal" ? [arg.value] : []));
    const args = expr.args.map((arg) => this.compile(arg, around).evaluate);
    const isConstant = literals.length === args.length;
    const evaluate: Evaluate = (run) => {
      const input = value.evaluate(run);
      const given = isConstant ? literals : args.map((arg) => arg(run));
      if (isBlank(input)) return input;
      if (!isConstant && given.includes(undefined)) return undefined;
      run.take(input);
      return orBlank(bounded(filter.apply(input, given, run)), run, value.shows);
    };
    return { evaluate, shows: value.shows };
  }

  private sign(value: Expr, sign: 1 | -1, around: Surroundings): Compiled {
    const { evaluate, shows } = this.compile(value, around);
    return {
      evaluate: (run) => {
        const given = evaluate(run);
        return given === undefined ? given : orBlank(signed(given, sign), run, shows);
      },
      shows,
    };
  }

  private operation(expr: Extract<Expr, { kind: "operation" }>, around: Surroundings): Compiled {
    const [left, right] = [this.compile(expr.left, around), this.compile(expr.right, around)];
    const operate = OPERATE[expr.operator];
    const shows = [...left.shows, ...right.shows];
    return {
      evaluate: (run) => {
        const a = left.evaluate(run);
        const b = right.evaluate(run);
        if (a === undefined || b === undefined) return undefined;
        run.take(a);
        run.take(b);
        const result = operate(a, b);
        return result === "" ? result : orBlank(result, run, shows);
      },
      shows,
    };
  }

  private choice(expr: Extract<Expr, { kind: "choice" }>, around: Surroundings): Compiled {
    const { evaluate: condition, tested } = this.test(expr.condition, around);
    const then = this.compile(expr.then, { ...around, tested });
    const otherwise = expr.otherwise && this.compile(expr.otherwise, { ...around, tested });
    return {
      evaluate: (run) => {
        if (isTrue(condition(run))) return then.evaluate(run);
        return otherwise === null ? "" : otherwise.evaluate(run);
      },
      shows: [...then.shows, ...(otherwise?.shows ?? [])],
    };
  }

  /** Like a `default` for whatever counts as false. */
  private or(left: Expr, right: Expr, around: Surroundings): Compiled {
    const first = this.compile(left, { ...around, guarded: true }).evaluate;
    const { evaluate: second, shows } = this.compile(right, around);
    return {
      evaluate: (run) => {
        const found = first(run);
        return isTrue(found) ? found : second(run);
      },
      shows,
    };
  }

  /** Like a choice without an else. */
  private and(left: Expr, right: Expr, around: Surroundings): Compiled {
    const { evaluate: first, tested } = this.test(left, around);
    const { evaluate: second, shows } = this.compile(right, { ...around, tested });
    return {
      evaluate: (run) => {
        const found = first(run);
        return isTrue(found) ? second(run) : (found ?? "");
      },
      shows,
    };
  }

  /** What is true or false by its nature: it is never blank, whatever it asks about. */
  private answer(expr: Question, around: Surroundings): Evaluate {
    if (expr.kind === "not") {
      const { evaluate } = this.compile(expr.value, around);
      return (run) => !isTrue(evaluate(run));
    }
    if (expr.kind === "defined") {
      const { evaluate } = this.compile(expr.value, around);
      return (run) => isBlank(evaluate(run)) !== expr.isDefined;
    }
    const left = this.compile(expr.left, around).evaluate;
    const right = this.compile(expr.right, around).evaluate;
    const ask =
      expr.kind === "in" ? (a: unknown, b: unknown) => contains(b, a) : COMPARE[expr.operator];
    return (run) => {
      const a = left(run);
      const b = right(run);
      run.take(a);
      run.take(b);
      return ask(a, b);
    };
  }
}

type Question = Extract<Expr, { kind: "not" | "defined" | "in" | "compare" }>;

/** Entities are no values: only what they hold can be said. */
function scalar(value: unknown): unknown {
  return typeof value === "object" && !Array.isArray(value) ? undefined : value;
}

function signed(value: unknown, sign: 1 | -1): number | undefined {
  const number = numberOf(value);
  return number === null ? undefined : sign * number;
}
