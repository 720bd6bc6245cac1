import { compile } from "json-schema-to-typescript";
import { type Schemas, SCHEMAS, schemaNamed } from "./load.ts";

const BANNER = "// Made from schemas/*.schema.json by `npm run generate`. Do not edit.";

/** TypeScript types of every file as authored, from the union over all kinds. */
export async function generateTypes(schemas: Schemas): Promise<string> {
  const root = structuredClone(schemaNamed(schemas, "cadenza.schema.json"));
  return await compile(root, "ResourceFile", {
    cwd: `${SCHEMAS}/`,
    bannerComment: BANNER,
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    style: { printWidth: 100 },
  });
}
