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

function storable(value: unknown): unknown {
  return typeof value === "string" ? value.replaceAll("\0", "").toWellFormed() : value;
}
