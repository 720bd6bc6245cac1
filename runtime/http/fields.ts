import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import { memoize } from "../../core/time/memo.ts";
import { toDateValue } from "../../core/time/index.ts";

/** A field's value as it is stored, or what is wrong with it. */
export type Read<T> = { readonly value: T } | { readonly problem: string };

const LONGEST_EMAIL = 254;
/** More than any tag that is in use: what is remembered must stay small. */
const USUAL_TAG = 35;
// One plain addr-spec: no display name, list, comment or quoted part may hide in it.
const EMAIL = /^[^\s@<>()[\]\\,;:"\p{Cc}]{1,64}@[^\s@<>()[\]\\,;:"\p{Cc}]+$/u;
const DOTS = /^\.|\.\.|\.@|@\.|\.$/;

/** Exactly one e-mail address. */
export function readEmail(text: string): Read<string> {
  const value = text.trim();
  if (value.length <= LONGEST_EMAIL && EMAIL.test(value) && !DOTS.test(value)) return { value };
  return { problem: "must be one e-mail address, such as ana@example.com" };
}

/**
 * A phone number in any notation with its country code, as E.164. Numbers come from numbering plans
 * that change, so one that no plan knows passes too, if it is E.164 already.
 */
export function readPhone(text: string): Read<string> {
  const phone = parsePhoneNumberFromString(text.trim());
  if (phone?.isPossible() && phone.ext === undefined) return { value: phone.number };
  const bare = text.replace(/[\s().-]/g, "");
  if (/^\+[1-9]\d{6,14}$/.test(bare)) return { value: bare };
  return { problem: "must be a phone number with its country code, such as +5511987654321" };
}

/** A language tag, as BCP 47 writes it; the underscore of many systems is taken for a hyphen. */
export function readLanguage(text: string): Read<string> {
  const value = text.length > USUAL_TAG ? canonicalLanguage(text) : rememberedLanguage(text);
  return value === null ? { problem: "must be a language tag, such as en or pt-BR" } : { value };
}

function canonicalLanguage(text: string): string | null {
  try {
    return Intl.getCanonicalLocales(text.trim().replaceAll("_", "-"))[0] ?? null;
  } catch {
    return null;
  }
}

/** There are few, and each takes a look into all that there are. */
const rememberedLanguage = memoize(1_000, canonicalLanguage);

export function readCurrency(text: string): Read<string> {
  const value = text.trim().toUpperCase();
  if (/^[A-Z]{3}$/.test(value)) return { value };
  return { problem: "must be a currency code of three letters, such as EUR" };
}

/** A day of the calendar that exists. */
export function readDate(text: string): Read<string> {
  const value = text.trim();
  if (toDateValue(value)?.kind === "date") return { value };
  return { problem: "must be a date that exists, written YYYY-MM-DD" };
}

/** An instant, kept as it was written. */
export function readDatetime(text: string): Read<string> {
  const value = text.trim();
  if (toDateValue(value)?.kind === "datetime") return { value };
  return {
    problem: "must be a date and time with its offset or Z, such as 2026-12-24T09:30:00+01:00",
  };
}

/** A link that may stand in a message: http or https. */
export function readLink(text: string): Read<string> {
  const value = text.trim();
  const { protocol = "" } = URL.parse(value) ?? {};
  if (protocol === "https:" || protocol === "http:") return { value };
  return { problem: "must be an http or https address" };
}
