/** Nothing to say: absent, null, only white space, or a number that is none. */
export function isBlank(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === "number") return !Number.isFinite(value);
  if (typeof value === "string") return value.trim() === "";
  return Array.isArray(value) && value.length === 0;
}

/** Whether a condition's value counts as true. */
export function isTrue(value: unknown): boolean {
  return !isBlank(value) && value !== false && value !== 0;
}

/** A value as text. Entities have none. */
export function textOf(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "boolean":
      return String(value);
    default:
      return Array.isArray(value) ? value.map(textOf).join(", ") : "";
  }
}

/** A number, or null for what is none. Numeric text counts. */
export function numberOf(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string" || value.trim() === "") return null;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : null;
}

/** Equality of the dialect: blanks equal each other, and a number equals its text. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (isBlank(a) || isBlank(b)) return isBlank(a) && isBlank(b);
  if (typeof a === typeof b && a === b) return true;
  if (typeof a === "boolean" || typeof b === "boolean") return false;
  return compareValues(a, b) === 0;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/;

/** Order of two values: instants, numbers, then text. NaN where they cannot be compared. */
export function compareValues(a: unknown, b: unknown): number {
  if (isBlank(a) || isBlank(b)) return Number.NaN;
  if (typeof a === "string" && typeof b === "string") {
    if (INSTANT.test(a) && INSTANT.test(b)) return Date.parse(a) - Date.parse(b);
    if (a === b) return 0;
    return a < b ? -1 : 1;
  }
  const [x, y] = [numberOf(a), numberOf(b)];
  return x === null || y === null ? Number.NaN : x - y;
}
