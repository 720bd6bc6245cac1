import { lookup } from "../facts.ts";
import { didYouMean } from "../did-you-mean.ts";
import { applyFilter, checkArguments, FILTER_NAMES, FILTERS, type Filter } from "./filters.ts";
import type { SyntaxNode } from "./nunjucks.ts";
import { bounded, type Run } from "./run.ts";
import { pathOf, type SourceMap } from "./syntax.ts";
import { compareValues, isBlank, isEqual, isTrue, numberOf, textOf } from "./values.ts";
import type { Variables } from "./variables.ts";

type Evaluate = (run: Run) => unknown;

/** A compiled expression. */
export interface Compiled {
  readonly evaluate: Evaluate;
  /** Adds the variables that are blank and have no `default`, for the branch that would be taken. */
  readonly blanks: ((run: Run, into: Set<string>) => void) | null;
}

/** A loop variable in reach: where its value is kept. */
export interface Local {
  readonly slot: number;
  readonly isLoop: boolean;
}

/** What surrounds an expression. */
export interface Surroundings {
  readonly locals: ReadonlyMap<string, Local>;
  /** Paths that a condition around it has tested. */
  readonly tested: ReadonlySet<string>;
  /** It is a condition itself, or the value of a `default`: blanks are fine there. */
  readonly guarded: boolean;
}

const NOTHING: Compiled = { evaluate: () => undefined, blanks: null };
const LOOP_FIELDS = ["index", "index0", "first", "last", "length"];

/** Compiles the expressions of one template to closures, and reports what the dialect does not allow. */
export class ExpressionCompiler {
  private readonly map: SourceMap;
  private readonly variables: Variables;

  constructor(map: SourceMap, variables: Variables) {
    this.map = map;
    this.variables = variables;
  }

  compile(node: SyntaxNode, around: Surroundings): Compiled {
    switch (node.typename) {
      case "Literal":
        return this.literal(node);
      case "Symbol":
      case "LookupVal":
        return this.variable(node, around);
      case "Group":
        return this.group(node, around);
      case "Filter":
        return this.filter(node, around);
      case "InlineIf":
        return this.inlineIf(node, around);
      case "Not": {
        const inner = this.compile(child(node, "target"), { ...around, guarded: true }).evaluate;
        return { evaluate: (run) => !isTrue(inner(run)), blanks: null };
      }
      case "And":
      case "Or":
        return this.logic(node, around);
      case "Compare":
        return this.compare(node, around);
      case "In": {
        const [left, right] = this.pair(node, { ...around, guarded: true });
        return {
          evaluate: (run) => contains(right.evaluate(run), left.evaluate(run)),
          blanks: null,
        };
      }
      case "Is":
        return this.is(node, around);
      case "Neg":
      case "Pos": {
        const inner = this.compile(child(node, "target"), around);
        const sign = node.typename === "Neg" ? -1 : 1;
        return { ...inner, evaluate: (run) => scaled(inner.evaluate(run), sign) };
      }
      case "Concat":
        return this.operation(node, around, (a, b) => bounded(textOf(a) + textOf(b)));
      case "Add":
        return this.operation(node, around, add);
      case "Sub":
        return this.arithmetic(node, around, (a, b) => a - b);
      case "Mul":
        return this.arithmetic(node, around, (a, b) => a * b);
      case "Div":
        return this.arithmetic(node, around, (a, b) => a / b);
      case "Mod":
        return this.arithmetic(node, around, (a, b) => a % b);
      default:
        return this.forbid(node);
    }
  }

  private literal(node: SyntaxNode): Compiled {
    const value = node["value"];
    if (typeof value === "object" && value !== null) return this.forbid(node);
    return { evaluate: () => value, blanks: null };
  }

  private variable(node: SyntaxNode, around: Surroundings): Compiled {
    const path = pathOf(node);
    if (path === null) {
      this.map.report(
        "template-forbidden",
        this.map.span(node),
        "a field must be named, not worked out",
      );
      return NOTHING;
    }
    const [root = "", ...fields] = path;
    const local = around.locals.get(root);
    if (local !== undefined) return this.local(node, local, root, fields);
    const name = path.join(".");
    const guarded = around.guarded || around.tested.has(name);
    this.variables.use(node, path, guarded);
    const evaluate: Evaluate = (run) => scalar(lookup(run.facts, name));
    if (around.guarded) return { evaluate, blanks: null };
    return { evaluate, blanks: (run, into) => void (isBlank(evaluate(run)) && into.add(name)) };
  }

  private local(node: SyntaxNode, local: Local, root: string, fields: readonly string[]): Compiled {
    const [field, ...rest] = fields;
    const isKnown = local.isLoop
      ? field !== undefined && rest.length === 0 && LOOP_FIELDS.includes(field)
      : field === undefined;
    if (!isKnown) {
      const hint = local.isLoop ? `loop has ${LOOP_FIELDS.join(", ")}` : `write {{ ${root} }}`;
      this.map.report("unknown-variable", this.map.span(node), `${root} has no such field`, hint);
      return NOTHING;
    }
    const { slot } = local;
    if (!local.isLoop) return { evaluate: (run) => scalar(run.slots[slot]), blanks: null };
    const key = field as keyof LoopState;
    return { evaluate: (run) => (run.slots[slot] as LoopState)[key], blanks: null };
  }

  private group(node: SyntaxNode, around: Surroundings): Compiled {
    const [inner, ...more] = node.children ?? [];
    return inner === undefined || more.length > 0 ? this.forbid(node) : this.compile(inner, around);
  }

  private filter(node: SyntaxNode, around: Surroundings): Compiled {
    const name = String(child(node, "name")["value"]);
    const [input, ...given] = child(node, "args").children ?? [];
    if (input === undefined) return this.forbid(node);
    if (name === "default") return this.defaultFilter(node, input, given, around);
    const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
    const value = this.compile(input, around);
    if (filter === undefined) {
      const near = didYouMean(name, FILTER_NAMES);
      const hint = near ? `did you mean "${near}"?` : `there are: ${FILTER_NAMES.join(", ")}`;
      this.map.report("unknown-filter", this.map.span(node), `there is no filter "${name}"`, hint);
      return NOTHING;
    }
    const args = this.filterArguments(node, name, filter, input, given, around);
    if (args === null) return NOTHING;
    return {
      blanks: value.blanks,
      evaluate: (run) =>
        bounded(
          applyFilter(
            filter,
            value.evaluate(run),
            args.map((arg) => arg(run)),
            run,
          ),
        ),
    };
  }

  /** Arguments are literals, so that they can be checked and bounded; a currency may name its field. */
  private filterArguments(
    node: SyntaxNode,
    name: string,
    filter: Filter,
    input: SyntaxNode,
    given: readonly SyntaxNode[],
    around: Surroundings,
  ): readonly Evaluate[] | null {
    if (name === "currency") {
      const code = given[0] ?? currencyOf(input);
      if (code !== null && given.length <= 1) return [this.compile(code, around).evaluate];
      const hint = 'name the currency: currency("EUR")';
      this.map.report(
        "template-syntax",
        this.map.span(node),
        "which currency is not known here",
        hint,
      );
      return null;
    }
    const literal = given.find((argument) => argument.typename !== "Literal");
    if (literal !== undefined) {
      this.map.report(
        "template-forbidden",
        this.map.span(literal),
        `an argument of ${name} must be a literal`,
      );
      return null;
    }
    const values = given.map((argument) => argument["value"]);
    const problem = checkArguments(name, filter, values);
    if (problem !== null) {
      this.map.report("template-syntax", this.map.span(node), problem);
      return null;
    }
    return values.map((value) => () => value);
  }

  private defaultFilter(
    node: SyntaxNode,
    input: SyntaxNode,
    given: readonly SyntaxNode[],
    around: Surroundings,
  ): Compiled {
    const [fallback, flag] = given;
    const isFlag =
      flag === undefined || (flag.typename === "Literal" && typeof flag["value"] === "boolean");
    if (
      fallback === undefined ||
      given.length > 2 ||
      !isFlag ||
      fallback.typename === "KeywordArgs"
    ) {
      const hint = 'write default("there")';
      this.map.report(
        "template-syntax",
        this.map.span(node),
        "default takes the value to use instead",
        hint,
      );
      return NOTHING;
    }
    const value = this.compile(input, { ...around, guarded: true }).evaluate;
    const instead = this.compile(fallback, around);
    return {
      evaluate: (run) => {
        const found = value(run);
        return isBlank(found) ? instead.evaluate(run) : found;
      },
      blanks:
        instead.blanks &&
        ((run, into) => void (isBlank(value(run)) && instead.blanks?.(run, into))),
    };
  }

  private inlineIf(node: SyntaxNode, around: Surroundings): Compiled {
    const condition = this.condition(child(node, "cond"), around);
    const then = this.compile(child(node, "body"), { ...around, tested: condition.tested });
    const other = node["else_"] ? this.compile(child(node, "else_"), around) : NOTHING;
    return {
      evaluate: (run) => (condition.test(run) ? then : other).evaluate(run),
      blanks: (run, into) => (condition.test(run) ? then : other).blanks?.(run, into),
    };
  }

  /** A condition, and the paths that whatever it guards can rely on. */
  condition(
    node: SyntaxNode,
    around: Surroundings,
  ): { test: (run: Run) => boolean; tested: ReadonlySet<string> } {
    const before = this.variables.uses.length;
    const { evaluate } = this.compile(node, { ...around, guarded: true });
    const mentioned = this.variables.uses.slice(before).map(({ path }) => path);
    return {
      test: (run) => isTrue(evaluate(run)),
      tested: new Set([...around.tested, ...mentioned]),
    };
  }

  private logic(node: SyntaxNode, around: Surroundings): Compiled {
    const isAnd = node.typename === "And";
    const [left, right] = this.pair(node, { ...around, guarded: true });
    const evaluate: Evaluate = (run) => {
      const first = left.evaluate(run);
      return isTrue(first) === isAnd ? right.evaluate(run) : first;
    };
    return { evaluate, blanks: null };
  }

  private compare(node: SyntaxNode, around: Surroundings): Compiled {
    const operands = node["ops"] as readonly SyntaxNode[];
    const [operand] = operands;
    const operator = operand && OPERATORS[String(operand["type"])];
    if (operand === undefined || operator === undefined || operands.length > 1) {
      this.map.report("template-forbidden", this.map.span(node), "compare two values at a time");
      return NOTHING;
    }
    const guarded = { ...around, guarded: true };
    const left = this.compile(child(node, "expr"), guarded).evaluate;
    const right = this.compile(child(operand, "expr"), guarded).evaluate;
    return { evaluate: (run) => operator(left(run), right(run)), blanks: null };
  }

  private is(node: SyntaxNode, around: Surroundings): Compiled {
    const [left, right] = [child(node, "left"), child(node, "right")];
    const test = right.typename === "Symbol" ? String(right["value"]) : "";
    if (test !== "defined" && test !== "undefined") {
      this.map.report(
        "template-forbidden",
        this.map.span(right),
        'only "is defined" and "is undefined" are known',
      );
      return NOTHING;
    }
    const { evaluate } = this.compile(left, { ...around, guarded: true });
    return { evaluate: (run) => isBlank(evaluate(run)) === (test === "undefined"), blanks: null };
  }

  private operation(
    node: SyntaxNode,
    around: Surroundings,
    apply: (a: unknown, b: unknown) => unknown,
  ): Compiled {
    const [left, right] = this.pair(node, around);
    return {
      evaluate: (run) => apply(left.evaluate(run), right.evaluate(run)),
      blanks: both(left.blanks, right.blanks),
    };
  }

  private arithmetic(
    node: SyntaxNode,
    around: Surroundings,
    apply: (a: number, b: number) => number,
  ): Compiled {
    return this.operation(node, around, (a, b) => {
      const [x, y] = [numberOf(a), numberOf(b)];
      const result = x === null || y === null ? Number.NaN : apply(x, y);
      return Number.isFinite(result) ? result : undefined;
    });
  }

  private pair(node: SyntaxNode, around: Surroundings): [Compiled, Compiled] {
    return [this.compile(child(node, "left"), around), this.compile(child(node, "right"), around)];
  }

  private forbid(node: SyntaxNode): Compiled {
    const what = FORBIDDEN_NODES[node.typename] ?? `"${node.typename}" is`;
    this.map.report(
      "template-forbidden",
      this.map.span(node),
      `${what} not part of the template language`,
    );
    return NOTHING;
  }
}

/** What `loop` holds inside a `for`. */
export interface LoopState {
  index: number;
  index0: number;
  first: boolean;
  last: boolean;
  length: number;
}

const FORBIDDEN_NODES: Readonly<Record<string, string>> = {
  FunCall: "a call is",
  Array: "a list literal is",
  Dict: "a map literal is",
  Literal: "a regular expression is",
  Pow: '"**" is',
  FloorDiv: '"//" is',
  KeywordArgs: "a named argument is",
};

const OPERATORS: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  "==": isEqual,
  "===": isEqual,
  "!=": (a, b) => !isEqual(a, b),
  "!==": (a, b) => !isEqual(a, b),
  "<": (a, b) => compareValues(a, b) < 0,
  "<=": (a, b) => compareValues(a, b) <= 0,
  ">": (a, b) => compareValues(a, b) > 0,
  ">=": (a, b) => compareValues(a, b) >= 0,
};

function child(node: SyntaxNode, field: string): SyntaxNode {
  return node[field] as SyntaxNode;
}

/** Entities are no values: only what they hold can be said. */
function scalar(value: unknown): unknown {
  return typeof value === "object" && !Array.isArray(value) ? undefined : value;
}

function contains(list: unknown, value: unknown): boolean {
  if (Array.isArray(list)) return list.some((item) => isEqual(item, value));
  return typeof list === "string" && !isBlank(value) && list.includes(textOf(value));
}

function scaled(value: unknown, sign: number): unknown {
  const number = numberOf(value);
  return number === null ? undefined : sign * number;
}

function add(a: unknown, b: unknown): unknown {
  if (typeof a === "number" || typeof b === "number") {
    const [x, y] = [numberOf(a), numberOf(b)];
    if (x !== null && y !== null) return x + y;
  }
  return bounded(textOf(a) + textOf(b));
}

type Blanks = Compiled["blanks"];

function both(left: Blanks, right: Blanks): Blanks {
  if (left === null || right === null) return left ?? right;
  return (run, into) => {
    left(run, into);
    right(run, into);
  };
}

/** The field that names an amount's currency: `charge.amount` → `charge.currency`. */
function currencyOf(input: SyntaxNode): SyntaxNode | null {
  if (input.typename !== "LookupVal") return null;
  const field = (input["val"] as SyntaxNode)["value"];
  if (field !== "amount" && field !== "value") return null;
  return {
    ...input,
    typename: "LookupVal",
    val: { ...(input["val"] as SyntaxNode), value: "currency" },
  };
}
