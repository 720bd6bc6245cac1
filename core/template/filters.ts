import { formatCurrency, formatDate, formatNumber, localeOf } from "./format.ts";
import { isBlank, numberOf, textOf } from "./values.ts";

/** What a filter may know besides its value and arguments. */
export interface FilterContext {
  readonly zone: string;
  readonly language: string;
}

export interface Filter {
  /** Least and most arguments, the value itself not counted. */
  readonly arity: readonly [number, number];
  /** Each argument must be a literal of this type. */
  readonly takes: readonly ("text" | "number" | "any")[];
  /** A blank value never reaches it: it stays blank. */
  apply(value: unknown, args: readonly unknown[], context: FilterContext): unknown;
}

const LONGEST_ARGUMENT = 200;
const LARGEST_ARGUMENT = 10_000;

const text =
  (change: (value: string, locale: string) => string): Filter["apply"] =>
  (value, _, { language }) =>
    change(textOf(value), localeOf(language));

const plain = (apply: Filter["apply"]): Filter => ({ arity: [0, 0], takes: [], apply });

/** Every filter of the dialect but `default`, which the compiler knows itself. */
export const FILTERS: Readonly<Record<string, Filter>> = {
  date: {
    arity: [0, 1],
    takes: ["text"],
    apply: (value, [style], { language, zone }) =>
      formatDate(value, textOf(style ?? "long"), language, zone) ?? textOf(value),
  },
  time: plain((value, _, { language, zone }) => formatDate(value, "time", language, zone)),
  datetime: plain((value, _, { language, zone }) => formatDate(value, "datetime", language, zone)),
  weekday: plain((value, _, { language, zone }) => formatDate(value, "weekday", language, zone)),
  currency: {
    arity: [0, 1],
    takes: ["any"],
    apply: (value, [code], { language }) => {
      const amount = numberOf(value);
      return amount === null ? textOf(value) : formatCurrency(amount, textOf(code), language);
    },
  },
  number: {
    arity: [0, 1],
    takes: ["number"],
    apply: (value, [digits], { language }) => {
      const amount = numberOf(value);
      if (amount === null) return textOf(value);
      const fraction = digits === undefined ? undefined : Math.min(20, Number(digits));
      return formatNumber(amount, language, fraction);
    },
  },
  round: {
    arity: [0, 1],
    takes: ["number"],
    apply: (value, [digits]) => {
      const amount = numberOf(value);
      return amount === null ? value : Number(amount.toFixed(Math.min(20, Number(digits ?? 0))));
    },
  },
  abs: plain((value) => {
    const amount = numberOf(value);
    return amount === null ? value : Math.abs(amount);
  }),
  upper: plain(text((value, locale) => value.toLocaleUpperCase(locale))),
  lower: plain(text((value, locale) => value.toLocaleLowerCase(locale))),
  capitalize: plain(
    text(
      (value, locale) =>
        value.charAt(0).toLocaleUpperCase(locale) + value.slice(1).toLocaleLowerCase(locale),
    ),
  ),
  title: plain(
    text((value, locale) =>
      value.replace(
        /\p{L}[\p{L}\p{M}'’]*/gu,
        (word) => word.charAt(0).toLocaleUpperCase(locale) + word.slice(1),
      ),
    ),
  ),
  trim: plain(text((value) => value.trim())),
  first_word: plain(text((value) => value.trim().split(/\s+/)[0] ?? "")),
  urlencode: plain(text((value) => encodeURIComponent(value.toWellFormed()))),
  truncate: {
    arity: [1, 2],
    takes: ["number", "text"],
    apply: (value, [length, end]) => truncate(textOf(value), Number(length), textOf(end ?? "…")),
  },
  replace: {
    arity: [2, 2],
    takes: ["text", "text"],
    apply: (value, [from, to]) => textOf(value).split(textOf(from)).join(textOf(to)),
  },
  first: plain((value) => (Array.isArray(value) ? value[0] : textOf(value).charAt(0))),
  last: plain((value) => (Array.isArray(value) ? value.at(-1) : textOf(value).slice(-1))),
  length: plain((value) => (Array.isArray(value) ? value.length : textOf(value).length)),
  join: {
    arity: [0, 1],
    takes: ["text"],
    apply: (value, [separator]) =>
      Array.isArray(value) ? value.map(textOf).join(textOf(separator ?? ", ")) : textOf(value),
  },
};

/** Names an author can use behind a `|`. */
export const FILTER_NAMES: readonly string[] = ["default", ...Object.keys(FILTERS)];

/** What is wrong with a filter's literal arguments, or null. */
export function checkArguments(
  name: string,
  filter: Filter,
  args: readonly unknown[],
): string | null {
  const [least, most] = filter.arity;
  if (args.length < least || args.length > most) {
    const wanted = least === most ? String(least) : `${least} to ${most}`;
    return `${name} takes ${wanted} argument${most === 1 ? "" : "s"}, not ${args.length}`;
  }
  for (const [index, argument] of args.entries()) {
    const type = filter.takes[index] ?? "any";
    if (type === "text" && typeof argument !== "string") return `${name} takes text here`;
    if (type === "number" && !isCount(argument))
      return `${name} takes a whole number from 0 to ${LARGEST_ARGUMENT}`;
    if (typeof argument === "string" && argument.length > LONGEST_ARGUMENT) {
      return `an argument of ${name} has at most ${LONGEST_ARGUMENT} characters`;
    }
  }
  return name === "replace" && args[0] === ""
    ? "replace takes a text to look for that is not empty"
    : null;
}

function isCount(value: unknown): boolean {
  return (
    typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= LARGEST_ARGUMENT
  );
}

/** Cuts at a word where there is one; the mark counts towards the length. */
function truncate(value: string, length: number, end: string): string {
  const characters = Array.from(value);
  if (characters.length <= length) return value;
  const kept = characters.slice(0, Math.max(0, length - end.length)).join("");
  const space = kept.lastIndexOf(" ");
  return `${(space > 0 ? kept.slice(0, space) : kept).trimEnd()}${end}`;
}

/** The filter's result for a value; blanks pass through untouched. */
export function applyFilter(
  filter: Filter,
  value: unknown,
  args: readonly unknown[],
  context: FilterContext,
): unknown {
  return isBlank(value) ? undefined : filter.apply(value, args, context);
}
