import type { FieldChange } from "./types.ts";

/** Values in words, by the name of their field. */
export type Fields = ReadonlyMap<string, string>;

/** What differs, in the order of the fields. */
export function changesBetween(before: Fields, after: Fields): FieldChange[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .map((field) => ({
      field,
      before: before.get(field) ?? null,
      after: after.get(field) ?? null,
    }))
    .filter((change) => change.before !== change.after);
}

/** Fields of what has a value; a list becomes one text. */
export function fieldsFrom(
  values: Readonly<
    Record<string, string | number | boolean | readonly string[] | null | undefined>
  >,
): Fields {
  return new Map(
    Object.entries(values).flatMap(([field, value]) => {
      if (value === null || value === undefined) return [];
      const text = typeof value === "object" ? value.join(", ") || "none" : String(value);
      return [[field, text] as const];
    }),
  );
}
