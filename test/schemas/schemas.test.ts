import { describe, expect, it } from "vitest";
import { isObject, type Json, KINDS, loadSchemas } from "../../scripts/generation/load.ts";
import { makeAjv } from "../../scripts/generation/validators.ts";

const schemas = await loadSchemas();

/** Every schema within a schema, with a path to name it by. */
function* subschemas(
  schema: Json | undefined,
  path: string,
): Generator<[string, Record<string, Json>]> {
  if (!isObject(schema)) return;
  yield [path, schema];
  for (const key of ["items", "additionalProperties"])
    yield* subschemas(schema[key], `${path}/${key}`);
  for (const key of ["properties", "patternProperties", "$defs"]) {
    const named = schema[key];
    if (!isObject(named)) continue;
    for (const [name, value] of Object.entries(named))
      yield* subschemas(value, `${path}/${key}/${name}`);
  }
  for (const key of ["anyOf", "oneOf"]) {
    const branches = schema[key];
    if (!Array.isArray(branches)) continue;
    for (const [index, branch] of branches.entries())
      yield* subschemas(branch, `${path}/${key}/${index}`);
  }
}

const all = [...schemas].flatMap(([name, schema]) => [...subschemas(schema, name)]);

describe("the schemas", () => {
  it("exist for every kind, and name their kind", () => {
    for (const [kind, file] of Object.entries(KINDS)) {
      expect(JSON.stringify(schemas.get(file)), file).toContain(`"const":"${kind}"`);
    }
  });

  it("are offered to editors as one union of all kinds", () => {
    const union = schemas.get("cadenza.schema.json");
    expect(union?.["oneOf"]).toEqual(Object.values(KINDS).map((file) => ({ $ref: file })));
  });

  it.each([...schemas.keys()].filter((name) => name !== "cadenza.schema.json"))(
    "%s compiles in strict mode",
    (name) => {
      expect(makeAjv(schemas).getSchema(name)).toBeTypeOf("function");
    },
  );

  it("close every object that has properties; a union closes its branches", () => {
    const open = all.filter(
      ([, schema]) =>
        schema["properties"] &&
        !("anyOf" in schema || "oneOf" in schema) &&
        schema["additionalProperties"] !== false,
    );
    expect(open.map(([path]) => path)).toEqual([]);
  });

  it("say of every key what it is", () => {
    const dumb: string[] = [];
    for (const [path, schema] of all) {
      if (!/\/properties\/[^/]+$/.test(path)) continue;
      const target =
        typeof schema["$ref"] === "string"
          ? schema["$ref"].replace(/^#/, path.split("/")[0] + "#")
          : "";
      const [file, pointer] = target.split("#/");
      const found = all.find(([other]) => other === `${file}/${pointer}`)?.[1];
      if (!schema["description"] && !found?.["description"] && !found?.["anyOf"]) dumb.push(path);
    }
    expect(dumb).toEqual([]);
  });

  it("give personas exactly the fields of the entities", () => {
    const fields = (file: string, name: string) =>
      Object.keys(
        all.find(([path]) => path === `${file}/$defs/${name}`)?.[1]?.["properties"] ?? {},
      );
    for (const name of ["contact", "agent", "conversation", "deal", "appointment", "charge"]) {
      expect(fields("entities.schema.json", name).length).toBeGreaterThan(2);
      expect(fields("persona.schema.json", name)).toEqual(fields("entities.schema.json", name));
    }
  });

  it("give each branch of a union a title and a condition, and the union an answer for the rest", () => {
    const unions = all.filter(([, schema]) => schema["anyOf"]);
    expect(unions.length).toBeGreaterThan(3);
    for (const [path, schema] of unions) {
      expect(schema["x-cadenza-else"], path).toBeDefined();
      for (const branch of schema["anyOf"] as Json[]) {
        expect(branch, path).toMatchObject({
          title: expect.any(String),
          "x-cadenza-when": expect.anything(),
        });
      }
    }
  });

  it("give examples that are valid", () => {
    const ajv = makeAjv(schemas);
    const examples = all.filter(([, schema]) => schema["examples"]);
    expect(examples.length).toBeGreaterThan(30);
    for (const [path, schema] of examples) {
      const [file, ...pointer] = path.split("/");
      // a union's conditions move its branches: their examples are those of the union
      if (pointer.includes("anyOf")) continue;
      const validate = ajv.getSchema(
        pointer.length > 0 ? `${file}#/${pointer.join("/")}` : `${file}`,
      );
      for (const example of schema["examples"] as Json[]) {
        expect(
          validate?.(example),
          `${path}: ${JSON.stringify(example)} ${ajv.errorsText(validate?.errors)}`,
        ).toBe(true);
      }
    }
  });
});
