import { execFileSync } from "node:child_process";
import { cp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { globSync } from "node:fs";

/** Builds `dist/`: the sources as JavaScript, and the files that they read when they run. */
const HOME = dirname(import.meta.dirname);
const DIST = join(HOME, "dist");
/** What the compiler does not carry over. */
const READ_AT_RUN_TIME = [
  "schemas/*.json",
  "schemas/generated/*.{js,d.ts}",
  "runtime/console/views/*",
];

await rm(DIST, { recursive: true, force: true });
const compiler = join(HOME, "node_modules/typescript/bin/tsc");
execFileSync(process.execPath, [compiler, "-p", join(HOME, "tsconfig.build.json")], {
  stdio: "inherit",
});
for (const path of globSync(READ_AT_RUN_TIME, { cwd: HOME })) {
  await cp(join(HOME, path), join(DIST, path), { recursive: true });
}
