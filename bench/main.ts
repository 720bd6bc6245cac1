import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { markdownTable, writeBlock } from "../test/support/write-block.ts";
import { BENCHES, isReached, type Bench, type Target } from "./targets.ts";

/**
 * Runs the benchmarks one after the other and holds their figures against the targets. Slow is no failure:
 * a machine may be busy. `--json`, `--write-docs`, and words that choose benchmarks by their file's name.
 * `--quick` runs each with small counts and tells only whether it works.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    "write-docs": { type: "boolean", default: false },
  },
});

if (values.quick && values["write-docs"]) throw new Error("quick figures say nothing to the docs");

/** Longer than any takes: one that hangs has failed, and the others still have their turn. */
const LONGEST_MS = 20 * 60_000;
const WIDEST = Math.max(...BENCHES.map(({ file }) => file.length));

interface Result {
  readonly file: string;
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
      results.map(({ file, target, value, load }) => ({
        file,
        what: target.what,
        reach: target.reach,
        value: Number.isNaN(value) ? null : value,
        isReached: isReached(target, value),
        load,
      })),
    ),
  );
} else if (values.quick) {
  for (const { file } of chosen) {
    const works = results.every((one) => one.file !== file || !Number.isNaN(one.value));
    console.log(`${file.padEnd(WIDEST)}  ${works ? "works" : "failed"}`);
  }
} else {
  console.log(tableOf(results));
}
if (values["write-docs"]) {
  const machine = [
    `${availableParallelism()} cores`,
    `Node ${process.versions.node}`,
    ...hugePages(),
  ];
  await writeBlock("performance", "benchmarks", `${machine.join(", ")}:\n\n${tableOf(results)}`);
}
if (results.some(({ value }) => Number.isNaN(value))) process.exitCode = 1;

/** What the machine has reserved of them, and PostgreSQL takes for its buffers; nothing where there are none. */
function hugePages(): string[] {
  const path = "/proc/meminfo";
  const told = existsSync(path) ? readFileSync(path, "utf8") : "";
  const valueOf = (name: string) =>
    Number(new RegExp(`^${name}: *(\\d+)`, "m").exec(told)?.[1] ?? 0);
  const bytes = valueOf("HugePages_Total") * valueOf("Hugepagesize") * 1024;
  return bytes === 0 ? [] : [`${(bytes / 1e9).toFixed(1)} GB of huge pages`];
}

function run({ file, quick = [], flags = [], targets }: Bench): Result[] {
  const [load = 0] = loadavg();
  const path = join(import.meta.dirname, file);
  const args = values.quick ? [...quick, "--quick"] : [];
  const child = spawnSync(process.execPath, [...flags, path, ...args, "--json"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    timeout: LONGEST_MS,
  });
  const figures = child.status === 0 ? figuresIn(child.stdout) : {};
  // All of them, for whoever wants to know more than the table tells.
  process.stderr.write(`${JSON.stringify(figures)}\n`);
  return targets.map((target) => {
    return { file, target, value: figures[target.figure] ?? Number.NaN, load };
  });
}

/** What a benchmark printed last; nothing, where that is no JSON. */
function figuresIn(output: string): Readonly<Record<string, number>> {
  const line = output.trim().split("\n").at(-1) ?? "";
  try {
    return JSON.parse(line) as Record<string, number>;
  } catch {
    return {};
  }
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
