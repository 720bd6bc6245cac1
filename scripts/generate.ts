import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { generateEntities } from "./generation/entities.ts";
import { loadSchemas, SCHEMAS } from "./generation/load.ts";
import { generateTypes } from "./generation/types.ts";
import { generateValidators } from "./generation/validators.ts";

/** Writes schemas/generated; with `--check` it only reports which files are stale, and exits 1. */
const check = process.argv.includes("--check");
const schemas = await loadSchemas();
const files = {
  "types.ts": await generateTypes(schemas),
  "entities.ts": generateEntities(schemas),
  ...(await generateValidators(schemas)),
};

const stale: string[] = [];
for (const [name, text] of Object.entries(files)) {
  const path = join(SCHEMAS, "generated", name);
  const current = await readFile(path, "utf8").catch(() => null);
  if (current === text) continue;
  stale.push(relative(process.cwd(), path));
  if (!check) await writeFile(path, text);
}

if (!check) {
  console.error(stale.length > 0 ? `wrote ${stale.join(", ")}` : "nothing to do");
} else if (stale.length > 0) {
  console.error(`stale: ${stale.join(", ")}\nrun npm run generate and commit the result`);
  process.exitCode = 1;
}
