import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

/** The folder of the schemas. */
export const SCHEMAS: string = resolve(import.meta.dirname, "../../schemas");

/** The kinds of this release and the schema file of each. */
export const KINDS = {
  Workspace: "workspace.schema.json",
  Inbox: "inbox.schema.json",
  CustomAttribute: "custom-attribute.schema.json",
  MessageTemplate: "message-template.schema.json",
  WhatsAppTemplate: "whatsapp-template.schema.json",
  Sequence: "sequence.schema.json",
  Persona: "persona.schema.json",
  SequenceTemplate: "sequence-template.schema.json",
  SequenceTest: "sequence-test.schema.json",
} as const;

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The schemas by file name, in the order of their names. */
export type Schemas = ReadonlyMap<string, JsonObject>;

/** Reads every `*.schema.json`. */
export async function loadSchemas(): Promise<Schemas> {
  const names = (await readdir(SCHEMAS)).filter((name) => name.endsWith(".schema.json"));
  const texts = names
    .toSorted()
    .map(async (name) => [name, JSON.parse(await readFile(join(SCHEMAS, name), "utf8"))] as const);
  return new Map(await Promise.all(texts));
}

/** The schema of that file name. @throws if there is none */
export function schemaNamed(schemas: Schemas, name: string): JsonObject {
  const schema = schemas.get(name);
  if (schema === undefined) throw new Error(`schemas/${name} is missing`);
  return schema;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
