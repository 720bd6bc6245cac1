import { DateTime } from "luxon";

/** Named ways to write a date; anything else is a luxon format such as `d LLL`. */
const DATE_STYLES: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  short: { dateStyle: "short" },
  medium: { dateStyle: "medium" },
  long: { dateStyle: "long" },
  full: { dateStyle: "full" },
  weekday: { weekday: "long" },
  time: { timeStyle: "short" },
  datetime: { dateStyle: "long", timeStyle: "short" },
};

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const CACHED = 500;

/**
 * A date (`YYYY-MM-DD`, the same day everywhere) or an instant (in `zone`) in a language.
 * @returns null when the value is no date, or has no time where one is asked for
 */
export function formatDate(
  value: unknown,
  style: string,
  language: string,
  zone: string,
): string | null {
  if (typeof value !== "string") return null;
  const isDay = DATE.test(value);
  const instant = Date.parse(isDay ? `${value}T00:00:00Z` : value);
  if (Number.isNaN(instant)) return null;
  const options = Object.hasOwn(DATE_STYLES, style) ? DATE_STYLES[style] : undefined;
  if (isDay && options?.timeStyle !== undefined) return null;
  const shownIn = isDay ? "UTC" : zone;
  if (options === undefined) {
    const local = DateTime.fromMillis(instant, { zone: shownIn, locale: localeOf(language) });
    return local.isValid ? local.toFormat(style) : null;
  }
  return dateFormat(language, shownIn, style, options).format(instant);
}

/** An amount in a currency (ISO 4217); an unknown code is written behind the number. */
export function formatCurrency(amount: number, code: string, language: string): string {
  if (!/^[A-Za-z]{3}$/.test(code)) return `${formatNumber(amount, language)} ${code}`.trim();
  return numberFormat(language, { style: "currency", currency: code.toUpperCase() }).format(amount);
}

/** A number in a language. @param digits the fraction's digits; undefined: up to 3, as many as it has */
export function formatNumber(value: number, language: string, digits?: number): string {
  const options =
    digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return numberFormat(language, options).format(value);
}

/** A tag that Intl takes; what a contact's record holds may be anything. */
export function localeOf(language: string): string {
  return memo(locales, language, () => {
    try {
      return Intl.getCanonicalLocales(language.replace("_", "-"))[0] ?? "en";
    } catch {
      return "en";
    }
  });
}

const locales = new Map<string, string>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();
const numberFormats = new Map<string, Intl.NumberFormat>();

function dateFormat(
  language: string,
  zone: string,
  style: string,
  options: Intl.DateTimeFormatOptions,
) {
  return memo(dateFormats, `${language} ${zone} ${style}`, () => {
    const locale = localeOf(language);
    try {
      return new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
    } catch {
      return new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
    }
  });
}

function numberFormat(language: string, options: Intl.NumberFormatOptions) {
  const key = `${language} ${options.currency ?? ""} ${options.minimumFractionDigits ?? ""}`;
  return memo(numberFormats, key, () => new Intl.NumberFormat(localeOf(language), options));
}

/** Intl objects are dear to make. The cache is emptied when contact data has filled it. */
function memo<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const known = cache.get(key);
  if (known !== undefined) return known;
  if (cache.size >= CACHED) cache.clear();
  const made = make();
  cache.set(key, made);
  return made;
}
