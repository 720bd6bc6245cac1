import { formatCurrency, formatDate, formatNumber, localeOf } from "./format.ts";
import { capitalize, firstWord, title, truncate } from "./wording.ts";
import { numberOf, textOf } from "./values.ts";

/** What a filter may know besides its value and arguments. */
interface FilterContext {
  readonly zone: string;
  readonly language: string;
}

/** What an argument must be: a literal, but that a currency may also be read from the data. */
export type ArgumentType = "text" | "search" | "count" | "digits" | "currency";

export interface Filter {
  readonly takes: readonly ArgumentType[];
  /** How many of `takes` must be given. */
  readonly least: number;
  /** A blank value never reaches it: it stays blank. */
  apply(value: unknown, args: readonly unknown[], context: FilterContext): unknown;
}

const plain = (apply: Filter["apply"]): Filter => ({ takes: [], least: 0, apply });

const text = (change: (value: string, locale: string) => string): Filter =>
  plain((value, _, { language }) => change(textOf(value), localeOf(language)));

const dated = (style: string): Filter =>
  plain((value, _, { language, zone }) => formatDate(value, style, language, zone));

const list = (ofList: (value: readonly unknown[]) => unknown, ofText: (value: string) => unknown) =>
  plain((value) => (Array.isArray(value) ? ofList(value) : ofText(textOf(value))));

/** Every filter of the dialect but `default`, which is part of the grammar. */
export const FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  [
    "date",
    {
      takes: ["text"],
      least: 0,
      apply: (value, [style], { language, zone }) =>
        formatDate(value, textOf(style ?? "long"), language, zone) ?? textOf(value),
    },
  ],
  ["time", dated("time")],
  ["datetime", dated("datetime")],
  ["weekday", dated("weekday")],
  [
    "currency",
    {
      takes: ["currency"],
      least: 1,
      apply: (value, [code], { language }) => {
        const amount = numberOf(value);
        return amount === null ? textOf(value) : formatCurrency(amount, textOf(code), language);
      },
    },
  ],
  [
    "number",
    {
      takes: ["digits"],
      least: 0,
      apply: (value, [digits], { language }) => {
        const amount = numberOf(value);
        return amount === null ? textOf(value) : formatNumber(amount, language, numberOf(digits));
      },
    },
  ],
  [
    "round",
    {
      takes: ["digits"],
      least: 0,
      apply: (value, [digits]) => {
        const amount = numberOf(value);
        return amount === null ? value : Number(amount.toFixed(numberOf(digits) ?? 0));
      },
    },
  ],
  [
    "abs",
    plain((value) => {
      const amount = numberOf(value);
      return amount === null ? value : Math.abs(amount);
    }),
  ],
  ["upper", text((value, locale) => value.toLocaleUpperCase(locale))],
  ["lower", text((value, locale) => value.toLocaleLowerCase(locale))],
  ["capitalize", text(capitalize)],
  ["title", text(title)],
  ["trim", text((value) => value.trim())],
  ["first_word", text(firstWord)],
  ["urlencode", text((value) => encodeURIComponent(value.toWellFormed()))],
  [
    "truncate",
    {
      takes: ["count", "text"],
      least: 1,
      apply: (value, [length, end]) => truncate(textOf(value), Number(length), textOf(end ?? "…")),
    },
  ],
  [
    "replace",
    {
      takes: ["search", "text"],
      least: 2,
      apply: (value, [from, to]) => textOf(value).replaceAll(textOf(from), () => textOf(to)),
    },
  ],
  [
    "first",
    list(
      (items) => items[0],
      (value) => Array.from(value)[0],
    ),
  ],
  [
    "last",
    list(
      (items) => items.at(-1),
      (value) => Array.from(value).at(-1),
    ),
  ],
  [
    "length",
    list(
      (items) => items.length,
      (value) => Array.from(value).length,
    ),
  ],
  [
    "join",
    {
      takes: ["text"],
      least: 0,
      apply: (value, [separator]) =>
        Array.isArray(value) ? value.map(textOf).join(textOf(separator ?? ", ")) : textOf(value),
    },
  ],
]);

/** Names that an author can use behind a `|`. */
export const FILTER_NAMES: readonly string[] = ["default", ...FILTERS.keys()];
