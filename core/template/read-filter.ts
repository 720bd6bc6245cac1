import { didYouMean } from "../did-you-mean.ts";
import type { Expr } from "./ast.ts";
import { FILTER_NAMES, FILTERS, type ArgumentType, type Filter } from "./filters.ts";
import type { Findings, Span } from "./findings.ts";

const LONGEST_TEXT = 200;
const LARGEST_COUNT = 10_000;
const MOST_DIGITS = 20;

/** A filter as written; its span is its name's. */
interface FilterCall extends Span {
  readonly name: string;
  readonly value: Expr;
  readonly args: readonly Expr[];
}

/** Makes a filter's expression, or reports what is wrong with its name, its arguments or their values. */
export function readFilter(call: FilterCall, findings: Findings): Expr | null {
  const { name, value, args } = call;
  const span = { start: value.start, end: Math.max(call.end, ...args.map(({ end }) => end)) };
  if (name === "default") {
    const [fallback, flag, ...more] = args;
    const isFlag = flag === undefined || typeof literal(flag) === "boolean";
    if (fallback !== undefined && isFlag && more.length === 0) {
      return { kind: "default", value, fallback, ...span };
    }
    const message = "default takes the value to use where there is none";
    findings.report("template-syntax", call, message, 'write default("there")');
    return null;
  }
  const filter = FILTERS.get(name);
  if (filter === undefined) {
    const near = didYouMean(name, FILTER_NAMES);
    const hint = near ? `did you mean "${near}"?` : `there are: ${FILTER_NAMES.join(", ")}`;
    findings.report("unknown-filter", call, `there is no filter "${name}"`, hint);
    return null;
  }
  const given = name === "currency" && args.length === 0 ? currencyBeside(value) : args;
  return areGood(call, filter, given, findings)
    ? { kind: "filter", filter, value, args: given, ...span }
    : null;
}

function areGood(
  call: FilterCall,
  filter: Filter,
  args: readonly Expr[],
  findings: Findings,
): boolean {
  const { name } = call;
  const most = filter.takes.length;
  if (args.length === 0 && filter.takes[0] === "currency") {
    const message = "it is not known in which currency this is";
    findings.report("template-syntax", call, message, 'name it: currency("EUR")');
    return false;
  }
  if (args.length < filter.least || args.length > most) {
    const wanted = filter.least === most ? String(most) : `${filter.least} to ${most}`;
    const message = `${name} takes ${wanted} argument${most === 1 ? "" : "s"}, not ${args.length}`;
    findings.report("template-syntax", call, message);
    return false;
  }
  for (const [index, argument] of args.entries()) {
    const [rule, message] = problemWith(filter.takes[index], argument) ?? [];
    if (rule === undefined || message === undefined) continue;
    findings.report(rule, argument, `${name} takes ${message} here`);
    return false;
  }
  return true;
}

type Problem = readonly ["template-syntax" | "template-forbidden", string];

/** Arguments are literals, so that each is known, and bounded, before anything is rendered. */
function problemWith(type: ArgumentType | undefined, argument: Expr): Problem | null {
  const value = literal(argument);
  if (type === "currency") {
    if (argument.kind === "path" || (typeof value === "string" && /^[A-Za-z]{3}$/.test(value)))
      return null;
    return ["template-syntax", 'a currency such as "EUR", or the variable that names one,'];
  }
  if (value === undefined) return ["template-forbidden", "nothing but a literal"];
  if (type === "count" || type === "digits") {
    const largest = type === "count" ? LARGEST_COUNT : MOST_DIGITS;
    const isCount = Number.isInteger(value) && Number(value) >= 0 && Number(value) <= largest;
    return isCount ? null : ["template-syntax", `a whole number from 0 to ${largest}`];
  }
  if (typeof value !== "string" || value.length > LONGEST_TEXT) {
    return ["template-syntax", `a text of at most ${LONGEST_TEXT} characters`];
  }
  return type === "search" && value === "" ? ["template-syntax", "a text that is not empty"] : null;
}

/** A literal's value; undefined for all else. */
function literal(expr: Expr) {
  return expr.kind === "literal" ? expr.value : undefined;
}

/** The field that names an amount's currency, as an argument: `charge.amount` → `charge.currency`. */
function currencyBeside(value: Expr): readonly Expr[] {
  if (value.kind === "filter" || value.kind === "default") return currencyBeside(value.value);
  if (value.kind !== "path") return [];
  const [entity = "", field, ...more] = value.parts;
  const hasCurrency = (field === "amount" || field === "value") && more.length === 0;
  return hasCurrency ? [{ ...value, parts: [entity, "currency"] }] : [];
}
