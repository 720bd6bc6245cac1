import { isObject, type Json, type JsonObject } from "./load.ts";

/** Keywords for readers and editors alone: half of a validator's size, if they stayed in. */
const NOTES = new Set(["$schema", "title", "description", "examples", "default"]);

/** Keywords that stand beside a union for editors alone. */
const HINTS = new Set(["type", "required", "properties"]);

/** Keywords whose keys are names that the author chose. */
const NAMED = new Set(["properties", "patternProperties", "$defs"]);

/**
 * The schema as a validator needs it: without notes, and with each `anyOf` whose branches say when
 * they are meant (`x-cadenza-when`) turned into a chain of if/then/else that ends in the parent's
 * `x-cadenza-else`. Editors and types want the plain union; a validator that tries every branch
 * would report the faults of all those that nobody meant.
 */
export function toDecidable(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(toDecidable);
  if (!isObject(schema)) return schema;
  const { anyOf, "x-cadenza-else": otherwise, ...rest } = toPlainUnion(schema);
  const plain: Record<string, Json> = {};
  for (const [key, value] of Object.entries(rest)) {
    if (NOTES.has(key) || key.startsWith("x-cadenza-")) continue;
    plain[key] = NAMED.has(key) && isObject(value) ? mapValues(value) : toDecidable(value);
  }
  return anyOf === undefined ? plain : { ...plain, ...chain(anyOf, otherwise) };
}

/** A union without the keywords beside it: they only help editors to complete before a branch is known. */
export function toPlainUnion(schema: JsonObject): JsonObject {
  if (!("anyOf" in schema || "oneOf" in schema)) return schema;
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !HINTS.has(key)));
}

function mapValues(schemas: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, value]) => [name, toDecidable(value)]),
  );
}

function chain(branches: Json, otherwise: Json | undefined): JsonObject {
  if (!Array.isArray(branches) || !isObject(otherwise)) {
    throw new Error("an anyOf needs branches and x-cadenza-else");
  }
  return branches.reduceRight<JsonObject>((rest, branch) => {
    const when = isObject(branch) ? branch["x-cadenza-when"] : undefined;
    if (when === undefined) throw new Error("a branch of an anyOf needs x-cadenza-when");
    return { if: when, then: toDecidable(branch), else: rest };
  }, otherwise);
}
