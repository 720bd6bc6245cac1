import { spawnSync } from "node:child_process";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { markdownTable, writeBlock } from "../test/support/write-block.ts";
import { BENCHES, isReached, type Bench, type Target } from "./targets.ts";

/**
 * Runs the benchmarks one after the other and holds their figures against the targets. Slow is no failure:
 * a machine may be busy. `--json`, `--write-docs`, and words that choose benchmarks by their file's name.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    "write-docs": { type: "boolean", default: false },
  },
});

interface Result {
  readonly target: Target;
  /** NaN where the benchmark failed. */
  readonly value: number;
  /** Of the machine when the benchmark began: how many processes wanted a core. */
  readonly load: number;
}

const chosen = BENCHES.filter(
  ({ file }) => positionals.length === 0 || positionals.some((word) => file.startsWith(word)),
);
const results: Result[] = [];
for (const bench of chosen) {
  process.stderr.write(`${bench.file} …\n`);
  results.push(...run(bench));
}
if (values.json) {
  console.log(
    JSON.stringify(
      results.map(({ target, value, load }) => ({
        what: target.what,
        reach: target.reach,
        value: Number.isNaN(value) ? null : value,
        isReached: isReached(target, value),
        load,
      })),
    ),
  );
} else {
  console.log(tableOf(results));
}
if (values["write-docs"]) {
  const machine = `${availableParallelism()} cores, Node ${process.versions.node}`;
  await writeBlock("performance", "benchmarks", `${machine}:\n\n${tableOf(results)}`);
}
if (results.some(({ value }) => Number.isNaN(value))) process.exitCode = 1;

function run({ file, args, flags = [], targets }: Bench): Result[] {
  const [load = 0] = loadavg();
  const path = join(import.meta.dirname, file);
  const child = spawnSync(process.execPath, [...flags, path, ...args, "--json"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = child.stdout.trim().split("\n").at(-1) ?? "";
  const figures = child.status === 0 ? (JSON.parse(line) as Record<string, number>) : {};
  return targets.map((target) => ({ target, value: figures[target.figure] ?? Number.NaN, load }));
}

function tableOf(rows: readonly Result[]): string {
  return markdownTable([
    ["", "to reach", "reached", "", "load"],
    ...rows.map(({ target, value, load }) => [
      target.what,
      goalOf(target),
      Number.isNaN(value) ? "failed" : shown(value, target.unit),
      isReached(target, value) ? "yes" : "no",
      load.toFixed(1),
    ]),
  ]);
}

function goalOf({ reach, unit }: Target): string {
  return "least" in reach ? `≥ ${shown(reach.least, unit)}` : `≤ ${shown(reach.most, unit)}`;
}

function shown(value: number, unit: Target["unit"]): string {
  const text = value < 10 ? Number(value.toFixed(2)) : Math.round(value);
  return unit === "×" ? `${text}×` : `${text} ${unit}`;
}
