import { Ajv2020 } from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import { build } from "esbuild";
import { toDecidable } from "./choices.ts";
import { isObject, KINDS, SCHEMAS, type Schemas } from "./load.ts";

const BANNER = "// Made from schemas/*.schema.json by `npm run generate`. Do not edit.";

const DECLARATIONS = `${BANNER}

/** What a validator found, in the words of Ajv with \`verbose\`. */
export interface SchemaError {
  keyword: string;
  /** JSON pointer to the value at fault. */
  instancePath: string;
  schemaPath: string;
  params: { readonly [name: string]: unknown };
  message?: string;
  /** The keyword's value. */
  schema?: unknown;
  /** The schema that holds the keyword. */
  parentSchema?: { readonly [keyword: string]: unknown };
  /** The value at fault. */
  data?: unknown;
}

export interface Validator {
  (value: unknown): boolean;
  /** Set by the last call. */
  errors?: SchemaError[] | null;
}

${Object.keys(KINDS)
  .map((kind) => `export const ${kind}: Validator;`)
  .join("\n")}
`;

/** One compiled validator a kind, in one module that imports nothing, and its declarations. */
export async function generateValidators(schemas: Schemas): Promise<Record<string, string>> {
  const ajv = makeAjv(schemas);
  const code = standaloneCode.default(ajv, { ...KINDS });
  const bundle = await build({
    stdin: { contents: code, resolveDir: SCHEMAS, loader: "js" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "node24",
    minify: true,
    legalComments: "none",
    banner: { js: BANNER },
  });
  const [output] = bundle.outputFiles;
  if (output === undefined) throw new Error("esbuild wrote nothing");
  return { "validators.js": output.text, "validators.d.ts": DECLARATIONS };
}

/** The strict compiler with every schema loaded under its file name. */
export function makeAjv(schemas: Schemas): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    allErrors: true,
    verbose: true,
    formats: { date: true, "date-time": true, email: true, uri: true },
    code: { source: true, esm: true, lines: true },
  });
  for (const [name, schema] of schemas) {
    const decided = toDecidable(schema);
    if (!isObject(decided)) throw new Error(`${name} is not an object`);
    if (name !== "cadenza.schema.json") ajv.addSchema(decided, name);
  }
  return ajv;
}
