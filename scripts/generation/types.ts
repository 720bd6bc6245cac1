import { basename } from "node:path";
import { compile } from "json-schema-to-typescript";
import { toPlainUnion } from "./choices.ts";
import { isObject, type Json, type Schemas, SCHEMAS, schemaNamed } from "./load.ts";

const BANNER = "// Made from schemas/*.schema.json by `npm run generate`. Do not edit.";

/** TypeScript types of every file as authored, from the union over all kinds. */
export async function generateTypes(schemas: Schemas): Promise<string> {
  const typed = (name: string) => plainUnions(schemaNamed(schemas, name));
  return await compile(structuredClone(typed("cadenza.schema.json")), "ResourceFile", {
    cwd: `${SCHEMAS}/`,
    $refOptions: {
      resolve: {
        file: { read: ({ url }: { url: string }) => JSON.stringify(typed(basename(url))) },
      },
    },
    bannerComment: BANNER,
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    style: { printWidth: 100 },
  });
}

function plainUnions<T extends Json>(schema: T): T;
function plainUnions(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(plainUnions);
  if (!isObject(schema)) return schema;
  const entries = Object.entries(toPlainUnion(schema));
  return Object.fromEntries(entries.map(([key, value]) => [key, plainUnions(value)]));
}
