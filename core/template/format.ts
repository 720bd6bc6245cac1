import { DateTime } from "luxon";
import { isKnownZone, toDateValue } from "../time/index.ts";
import { memoize } from "../time/memo.ts";

/** Named ways to write a date; anything else is a luxon format such as `d LLL`. */
const DATE_STYLES: ReadonlyMap<string, Intl.DateTimeFormatOptions> = new Map<
  string,
  Intl.DateTimeFormatOptions
>([
  ["short", { dateStyle: "short" }],
  ["medium", { dateStyle: "medium" }],
  ["long", { dateStyle: "long" }],
  ["full", { dateStyle: "full" }],
  ["weekday", { weekday: "long" }],
  ["time", { timeStyle: "short" }],
  ["datetime", { dateStyle: "long", timeStyle: "short" }],
]);

/** The letters of luxon's formats that show a time of day. */
const TIME_TOKENS = /[HhmsSuatTfFzZxX]/;

/**
 * A date (`YYYY-MM-DD`, the same day everywhere) or an instant (in `zone`) in a language. A zone that
 * is not known counts as UTC.
 * @returns null when the value is no date, or has no time where one is asked for
 */
export function formatDate(
  value: unknown,
  style: string,
  language: string,
  zone: string,
): string | null {
  const date = toDateValue(value);
  if (date === null) return null;
  const options = DATE_STYLES.get(style);
  const isDay = date.kind === "date";
  if (isDay && showsTime(style, options)) return null;
  const instant = isDay ? Date.parse(date.value) : date.value;
  const shownIn = isDay || !isKnownZone(zone) ? "UTC" : zone;
  const { locale, dates } = formatsOf(language);
  if (options !== undefined) return dates(`${style} ${shownIn}`)(instant);
  return spaced(DateTime.fromMillis(instant, { zone: shownIn, locale }).toFormat(style));
}

function showsTime(style: string, options: Intl.DateTimeFormatOptions | undefined): boolean {
  if (options !== undefined) return options.timeStyle !== undefined;
  return TIME_TOKENS.test(style.replace(/'[^']*'/g, ""));
}

/** An amount in a currency (ISO 4217); an unknown code is written behind the number. */
export function formatCurrency(amount: number, code: string, language: string): string {
  if (!/^[A-Za-z]{3}$/.test(code)) return `${formatNumber(amount, language, null)} ${code}`.trim();
  return formatsOf(language).currencies(code.toUpperCase())(amount);
}

/** A number in a language. @param digits the fraction's digits; null: up to 3, as many as it has */
export function formatNumber(value: number, language: string, digits: number | null): string {
  return spaced(
    formatsOf(language)
      .numbers(digits ?? -1)
      .format(value),
  );
}

/** A tag that Intl knows, or "en": what a contact's record holds may be anything. */
export function localeOf(language: string): string {
  return formatsOf(language).locale;
}

/** Intl's no-break spaces become plain ones: a single one would double the segments of an SMS. */
function spaced(text: string): string {
  return text.replace(/[\u00a0\u202f]/g, " ");
}

const LONGEST_TAG = 35;
/** Values whose text is remembered: the people of one wave share due dates, prices and appointments' days. */
const SHOWN = 200;

function formatsOf(language: string) {
  return known(language.length > LONGEST_TAG ? "en" : language);
}

// Intl's formats are dear to make, and languages come from outside.
const known = memoize(200, (language: string) => {
  const locale = supported(language.replaceAll("_", "-"));
  return {
    locale,
    dates: memoize(100, (key: string) => {
      const [style = "", timeZone = ""] = key.split(" ");
      const format = new Intl.DateTimeFormat(locale, { ...DATE_STYLES.get(style), timeZone });
      return memoize(SHOWN, (instant: number) => spaced(format.format(instant)));
    }),
    currencies: memoize(200, (currency: string) => {
      const format = new Intl.NumberFormat(locale, { style: "currency", currency });
      return memoize(SHOWN, (amount: number) => spaced(format.format(amount)));
    }),
    numbers: memoize(25, (digits: number) => {
      const fixed = { minimumFractionDigits: digits, maximumFractionDigits: digits };
      return new Intl.NumberFormat(locale, digits < 0 ? {} : fixed);
    }),
  };
});

/** Intl takes the machine's own language for one that it does not support. */
function supported(tag: string): string {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag)[0] ?? "en";
  } catch {
    return "en";
  }
}
