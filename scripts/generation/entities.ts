import { isObject, type JsonObject, type Schemas, schemaNamed } from "./load.ts";

const HEADER = `// Made from schemas/entities.schema.json by \`npm run generate\`. Do not edit.

/** The fields that templates and conditions can read, and whether \`custom.*\` exists beside them. */
export const entities = `;

/** The variables of the language as data: each root's fields with their type, and what can be blank. */
export function generateEntities(schemas: Schemas): string {
  const definitions = schemaNamed(schemas, "entities.schema.json")["$defs"];
  if (!isObject(definitions)) throw new Error("entities.schema.json has no $defs");
  const roots: Record<string, unknown> = {};
  for (const [name, definition] of Object.entries(definitions)) {
    if (!isObject(definition) || name === "custom") continue;
    roots[name] = isObject(definition["properties"])
      ? {
          fields: fieldsOf(name, definition["properties"]),
          custom: "custom" in definition["properties"],
        }
      : fieldOf(name, definition);
  }
  return `${HEADER}${JSON.stringify(roots, null, 2)} as const;\n`;
}

function fieldsOf(entity: string, properties: JsonObject): Record<string, unknown> {
  const fields = Object.entries(properties).filter(([name]) => name !== "custom");
  return Object.fromEntries(
    fields.map(([name, schema]) => {
      if (!isObject(schema)) throw new Error(`${entity}.${name} is not a schema`);
      return [name, fieldOf(`${entity}.${name}`, schema)];
    }),
  );
}

function fieldOf(path: string, schema: JsonObject): unknown {
  const type = schema["x-cadenza-type"];
  if (typeof type !== "string") throw new Error(`${path} has no x-cadenza-type`);
  const { description, enum: options } = schema;
  const optional = schema["x-cadenza-optional"] === true;
  return { type, optional, description, ...(options === undefined ? {} : { options }) };
}
