/** A field's value: dates are `YYYY-MM-DD`, datetimes ISO 8601 with an offset or `Z`. */
export type FieldValue = string | number | boolean | null | readonly string[];

/** One entity's data: the closed fields of `entities.schema.json`, and `custom` for all else. */
export interface EntityData {
  readonly [field: string]: FieldValue | undefined | { readonly [key: string]: FieldValue };
  readonly custom?: { readonly [key: string]: FieldValue };
}

/**
 * Everything that a template or a condition can see about one enrollment, at one moment. The root
 * names are the dialect's root names; an entity that does not apply is absent.
 */
export interface Facts {
  readonly contact: EntityData;
  readonly agent?: EntityData;
  readonly conversation?: EntityData;
  readonly deal?: EntityData;
  readonly appointment?: EntityData;
  readonly charge?: EntityData;
  readonly workspace: { readonly name: string; readonly address: string | null };
  readonly enrollment: { readonly id: string; readonly started_at: string };
  readonly unsubscribe_url?: string | undefined;
}

/** Looks a dotted path up through own properties only; undefined where any part is missing. */
export function lookup(facts: Facts, path: string): unknown {
  return lookupPath(facts, path.split("."));
}

/** {@link lookup} with a path that was split before. */
export function lookupPath(facts: Facts, parts: readonly string[]): unknown {
  let value: unknown = facts;
  for (const part of parts) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}
