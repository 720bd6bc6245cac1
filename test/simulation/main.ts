import { parseArgs } from "node:util";
import fc from "fast-check";
import { live } from "./life.ts";
import { broken } from "./promises.ts";
import { writeBlock } from "../support/write-block.ts";
import { scenarios } from "./scenario.ts";

/** Simulates many enrollments: `--enrollments N`, `--seed S`, `--write-docs`. A life that breaks a promise is printed, made small. */
const { values } = parseArgs({
  options: {
    enrollments: { type: "string", default: "100000" },
    "write-docs": { type: "boolean", default: false },
    seed: { type: "string", default: String(Date.now() % 2_147_483_647) },
  },
});
const [numRuns, seed] = [Number(values.enrollments), Number(values.seed)];
const PROGRESS_EVERY = 10_000;
const say = (line: string) => void process.stdout.write(`${line}\n`);
const counts = { sent: 0, refused: 0, passed: 0, completed: 0, exited: 0, failed: 0, held: 0 };

say(`seed ${seed}`);
const started = performance.now();
let [done, memory] = [0, 0];
const result = await fc.check(
  fc.asyncProperty(scenarios, async (scenario) => {
    done += 1;
    if (done % PROGRESS_EVERY === 0) progress();
    const life = await live(scenario);
    for (const { kind } of life.entries) counts[kind] += 1;
    if (life.state.life !== "waiting") counts[life.state.life] += 1;
    const wrong = broken(scenario, life);
    if (wrong.length > 0) throw new Error(wrong.join("; "));
  }),
  { numRuns, seed },
);
const seconds = Math.round((performance.now() - started) / 1000);
say(`${result.numRuns} enrollments in ${seconds} s, ${memory} MB at most`);
const told = Object.entries(counts)
  .map(([kind, count]) => `${count} ${kind}`)
  .join(", ");
say(told);
if (values["write-docs"]) {
  const size = `${result.numRuns} enrollments in ${seconds} s with ${memory} MB at most`;
  const verdict = result.failed ? "a broken promise" : "no broken promise";
  await writeBlock("reliability", "simulation", `seed ${seed}: ${size}, ${verdict}; ${told}.`);
}
if (result.failed) {
  say(fc.defaultReportMessage(result) ?? "failed");
  process.exitCode = 1;
}

function progress(): void {
  memory = Math.max(memory, Math.round(process.memoryUsage.rss() / 1e6));
  const seconds = Math.round((performance.now() - started) / 1000);
  process.stderr.write(`${done} of ${numRuns} in ${seconds} s, ${memory} MB\n`);
}
