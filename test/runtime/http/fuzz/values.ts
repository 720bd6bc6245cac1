import fc from "fast-check";
import type { Schema } from "./document.ts";

/** Text that has broken something somewhere. */
export const HOSTILE: readonly string[] = [
  "",
  " ",
  "\0",
  "a\u0000b",
  "\ud800",
  "x\udc00",
  "\u202e\u2066",
  "😀".repeat(60),
  "e\u0301\u0301\u0301",
  "İıſK",
  "__proto__",
  "constructor",
  "toString",
  "../../etc/passwd",
  "'; drop table contacts; --",
  "<script>alert(1)</script>",
  "{{ ''.constructor }}",
  "${env:HOME}",
  "%00%0a",
  "\r\nset-cookie: a=b",
  "1e999",
  "-0",
  "NaN",
  "٣",
  "2026-02-30",
  "2026-13-45T99:99:99Z",
  "+275760-09-13T00:00:00.001Z",
  "0000-01-01T00:00:00Z",
  "9999-12-31T23:59:59+14:00",
  "99999999999999999999",
  "x".repeat(201),
  "x".repeat(2_000),
];

/** Values of no particular type. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    2 ** 31,
    2 ** 53,
    -(2 ** 63),
    1e308,
    [],
    {},
  ),
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    JSON.parse('{"__proto__":{"admin":true}}'),
    { constructor: { prototype: { admin: true } } },
    nested(60),
  ),
);

/** A list in a list in a list. */
function nested(depth: number): unknown {
  let value: unknown = [];
  for (let n = 0; n < depth; n++) value = [value];
  return value;
}

/** Where a property or a parameter has this name, what is known of it: ids that exist. */
export type Known = { readonly [name: string]: readonly unknown[] };

/** Values that a schema allows, mostly: what it cannot say (an address's form, a date that exists) may be wrong. */
export function valid(schema: Schema, known: Known, name = ""): fc.Arbitrary<unknown> {
  const own = known[name] ?? [];
  const usual = byType(schema, known, name);
  const fits =
    own.length === 0 ? usual : fc.oneof(usual, { arbitrary: fc.constantFrom(...own), weight: 4 });
  const examples = schema.examples ?? [];
  return examples.length === 0 ? fits : fc.oneof(fits, fc.constantFrom(...examples));
}

function byType(schema: Schema, known: Known, name: string): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const types = [schema.type ?? "object"].flat();
  return fc.oneof(...types.map((type) => ofType(type, schema, known, name)));
}

function ofType(type: string, schema: Schema, known: Known, name: string): fc.Arbitrary<unknown> {
  switch (type) {
    case "string":
      return textOf(schema);
    case "integer":
      return fc.integer({
        min: schema.minimum ?? -10,
        max: Math.min(schema.maximum ?? 1_000, 2 ** 31 - 1),
      });
    case "number":
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case "boolean":
      return fc.boolean();
    case "array":
      return fc.array(valid(schema.items ?? {}, known, name), { maxLength: 3 });
    case "null":
      return fc.constant(null);
    default:
      return objectOf(schema, known);
  }
}

const WORDS = fc.constantFrom(
  "Ana",
  "ana@example.com",
  "+15550100",
  "pt-BR",
  "Europe/Lisbon",
  "EUR",
);
const INSTANT = fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true });

function textOf({ pattern, format, minLength = 0, maxLength = 100 }: Schema): fc.Arbitrary<string> {
  if (format === "date-time") return INSTANT.map((date) => date.toISOString());
  const fits = (text: string) => text.length >= minLength && text.length <= maxLength;
  if (pattern !== undefined && !pattern.includes("u0000")) {
    return fc.stringMatching(new RegExp(pattern), { maxLength }).filter(fits);
  }
  const iso = INSTANT.map((date) => date.toISOString());
  const plain = fc.string({ minLength, maxLength: Math.min(maxLength, 40), unit: "grapheme" });
  return fc
    .oneof(
      WORDS,
      iso,
      iso.map((text) => text.slice(0, 10)),
      plain,
    )
    .filter(fits);
}

function objectOf(schema: Schema, known: Known): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {});
  const model = Object.fromEntries(
    properties.map(([name, property]) => [name, valid(property, known, name)]),
  );
  const declared = fc.record(model, { requiredKeys: [...(schema.required ?? [])] });
  const extra = schema.additionalProperties;
  if (extra === false || extra === undefined) return declared;
  const values = extra === true ? fc.jsonValue({ maxDepth: 2 }) : valid(extra, known);
  const keys =
    schema.propertyNames === undefined
      ? WORDS
      : (valid({ type: "string", ...schema.propertyNames }, known) as fc.Arbitrary<string>);
  return fc
    .tuple(declared, fc.dictionary(keys, values, { maxKeys: 3 }))
    .map(([fixed, free]) => ({ ...free, ...(fixed as object) }));
}

/** A value with one thing in it changed: replaced, left out, or put in. */
export function mutated(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(value, fc.nat(), anything, fc.constantFrom("replace", "remove", "add"))
    .map(([good, at, strange, how]) => {
      const copy = structuredClone(good);
      const places = placesOf(copy);
      const place = places[at % Math.max(1, places.length)];
      if (place === undefined) return strange;
      const [holder, key] = place;
      if (how === "remove") delete holder[key];
      else if (how === "add") holder[`${key}x`] = strange;
      else holder[key] = strange;
      return copy;
    });
}

type Holder = { [key: string]: unknown };

function placesOf(value: unknown): (readonly [Holder, string])[] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Holder;
  return Object.keys(holder).flatMap((key) => [[holder, key] as const, ...placesOf(holder[key])]);
}
