/** Reads what a provider sent without believing any of it. */
export type Unknown = { readonly [key: string]: unknown };

export function record(value: unknown): Unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Unknown)
    : {};
}

export function list(value: unknown): readonly Unknown[] {
  return Array.isArray(value) ? value.map(record) : [];
}

/** A text, or a number as text; undefined otherwise. */
export function text(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Seconds since 1970, as text or number, as epoch ms. */
export function seconds(value: unknown): number | null {
  const given = Number(text(value));
  return Number.isFinite(given) && given > 0 && given < 1e11 ? Math.round(given * 1000) : null;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One of our ids, or null. */
export function ownId(value: unknown): string | null {
  const given = text(value);
  return given !== undefined && UUID.test(given) ? given : null;
}
