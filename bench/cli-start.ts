import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { report, takeTurns } from "./measure.ts";

/** How long the command line takes to start, against a bare `node -e 0`, by turns. */
const HOME = join(import.meta.dirname, "..");
const MAIN = join(HOME, "cli/main.js");

const medians = await takeTurns(
  [
    { name: "node", run: () => node("-e", "0") },
    { name: "version", run: () => node(MAIN, "--version") },
    { name: "validate", run: () => node(MAIN, "validate", "--root", join(HOME, "cadences")) },
  ],
  { rounds: 15, warmUp: 2 },
);
const { node: bare = NaN, version = NaN, validate = NaN } = medians;
report({
  "node -e 0, ms": bare,
  "cadenza --version, ms": version,
  "cadenza validate cadences, ms": validate,
  "cadenza --version / node": version / bare,
  "cadenza validate cadences / node": validate / bare,
});

function node(...args: string[]): void {
  const child = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (child.status !== 0) throw new Error(`node ${args.join(" ")} failed:\n${child.stderr}`);
}
