import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateEntities } from "./generation/entities.ts";
import { loadSchemas, SCHEMAS } from "./generation/load.ts";
import { generateReference } from "./generation/reference.ts";
import { generateRules } from "./generation/rules.ts";
import { generateTypes } from "./generation/types.ts";
import { generateValidators } from "./generation/validators.ts";

/** Writes what is made from the schemas; with `--check` it only reports which files are stale, and exits 1. */
const check = process.argv.includes("--check");
const schemas = await loadSchemas();
const validators = Object.entries(await generateValidators(schemas));
const files = {
  "schemas/generated/types.ts": await generateTypes(schemas),
  "schemas/generated/entities.ts": generateEntities(schemas),
  ...Object.fromEntries(validators.map(([name, text]) => [`schemas/generated/${name}`, text])),
  "docs/reference.md": generateReference(schemas),
  "docs/rules.md": generateRules(),
};

const stale: string[] = [];
for (const [name, text] of Object.entries(files)) {
  const path = join(SCHEMAS, "..", name);
  const current = await readFile(path, "utf8").catch(() => null);
  if (current === text) continue;
  stale.push(name);
  if (!check) await writeFile(path, text);
}

if (!check) {
  console.error(stale.length > 0 ? `wrote ${stale.join(", ")}` : "nothing to do");
} else if (stale.length > 0) {
  console.error(`stale: ${stale.join(", ")}\nrun npm run generate and commit the result`);
  process.exitCode = 1;
}
