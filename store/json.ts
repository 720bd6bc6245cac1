import { sql, type RawBuilder } from "kysely";

/** PostgreSQL's text holds neither NUL nor half of a surrogate pair, and its jsonb refuses both. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/;

/**
 * A value as JSON that jsonb takes. A text that a filter cut in the middle of an emoji, or a provider's
 * odd answer, must not fail the statement of a whole wave.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return UNSTORABLE.test(text)
    ? JSON.stringify(value, (_, inner: unknown) => storable(inner))
    : text;
}

/** A value that is not a text is left as it is. */
export function storable<T>(value: T): T | string {
  return typeof value === "string" ? value.replaceAll("\0", "").toWellFormed() : value;
}

/** A timestamp within jsonb as everywhere in the API: UTC with a Z, where jsonb itself writes `+00:00`. */
export function instantText(column: string): RawBuilder<string> {
  return sql<string>`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** A timestamp as epoch ms, which is cheaper on both sides than a date. */
export function instantNumber(column: string): RawBuilder<number> {
  return sql<number>`round(date_part('epoch', ${sql.ref(column)}) * 1000)`;
}
