import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Builds `dist/`: the sources as JavaScript, and the files that they read when they run. */
const HOME = dirname(import.meta.dirname);
const DIST = join(HOME, "dist");
/** What the compiler does not carry over. */
const READ_AT_RUN_TIME = [
  "schemas/*.json",
  "schemas/generated/*.js",
  "runtime/console/views/*",
  "cli/completion/*.bash",
  "cli/scaffold",
  "examples/git*/*",
  "cadences/library/*.yaml",
  "cli/output/preview/html/*.css",
];

await rm(DIST, { recursive: true, force: true });
const compiler = join(HOME, "node_modules/typescript/bin/tsc");
const { status } = spawnSync(
  process.execPath,
  [compiler, "-p", join(HOME, "tsconfig.build.json")],
  { stdio: "inherit" },
);
if (status !== 0) process.exit(status ?? 1);
for (const path of globSync(READ_AT_RUN_TIME, { cwd: HOME })) {
  await cp(join(HOME, path), join(DIST, path), { recursive: true });
}
