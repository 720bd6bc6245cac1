import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileProgram } from "../core/enrollment/index.ts";
import { compile } from "../core/language/index.ts";
import { compareCourse, runScenario } from "../core/scenario/index.ts";
import { readWorkspace } from "../cli/workspace-files.ts";
import { workspaceOf } from "../cli/workspace.ts";
import { median, report, takeTurns } from "./measure.ts";
import { writeWorkspace } from "./validate-workspace.ts";

/**
 * 1,000 scenarios on 20 sequences: how many run in a second once they are compiled, and what the whole
 * command takes in a process of its own, start included; the first time, and with its cache.
 */
const MAIN = join(import.meta.dirname, "../cli/main.js");
const COUNT = 1_000;
const SEQUENCES = 20;

const REST = `    - { step: step-1 }
    - { step: step-2 }
    - { step: step-3, at: +14 days 09:30 }
  state: completed
`;

const root = await mkdtemp(join(tmpdir(), "cadenza-bench-"));
try {
  await writeWorkspace(root, SEQUENCES);
  await mkdir(join(root, "tests"));
  for (let n = 0; n < COUNT; n++) {
    const text = scenario(n, `reminder-${n % SEQUENCES}`);
    await writeFile(join(root, `tests/scenario-${n}.yaml`), text);
  }
  const { files } = readWorkspace(root);
  const compiled = compile(files);
  const workspace = await workspaceOf(compiled);
  const programs = new Map(compiled.sequences.map((one) => [one.id, compileProgram(one.document)]));
  let sent = 0;
  const runAll = () => {
    sent = 0;
    for (const one of compiled.scenarios) {
      const course = runScenario(programs.get(one.sequence)!, one, workspace);
      sent += course.messages.length;
      const wrong = compareCourse(one.expect, course);
      if (wrong.length > 0) throw new Error(`${one.id}: ${wrong[0]?.message}`);
    }
  };
  const { run = NaN } = await takeTurns([{ name: "run", run: runAll }], { rounds: 9, warmUp: 2 });
  report({
    scenarios: COUNT,
    "messages sent": sent,
    "scenarios a second": (COUNT / run) * 1_000,
    "command without a cache, ms": command("off"),
    "command with its cache, ms": command(`${root}-cache`),
  });
} finally {
  await rm(root, { recursive: true });
  await rm(`${root}-cache`, { recursive: true, force: true });
}

/** The median of a few whole runs; with a cache, after one that fills it. */
function command(cache: string): number {
  const times = Array.from({ length: 6 }, () => {
    const start = performance.now();
    const env = { ...process.env, CADENZA_CACHE: cache, CI: "true" };
    const child = spawnSync(process.execPath, [MAIN, "test", "--root", root], {
      encoding: "utf8",
      env,
    });
    if (child.status !== 0) throw new Error(`it failed:\n${child.stdout}${child.stderr}`);
    return performance.now() - start;
  });
  return median(times.slice(1));
}

/** Someone of their own, a start of its own, and of every third an answer on the way. */
function scenario(n: number, sequence: string): string {
  const day = String(1 + (n % 28)).padStart(2, "0");
  const isAnswered = n % 3 === 0;
  return `kind: SequenceTest
id: scenario-${n}
sequence: ${sequence}
contact: { first_name: Ana ${n}, email: ana${n}@example.com, phone: "+15550100123", language: en }
charge: { number: "${n}", amount: 90, currency: EUR, due_on: +9 days, status: pending }
start: 2026-03-${day}T09:00
given:
  - { at: +6 days 12:00, event: ${isAnswered ? "reply" : "set, set: { charge.amount: 95 }"} }
expect:
  messages:
    - { step: step-0, at: +6 days 09:30, channel: email, contains: Hi Ana ${n} }
${isAnswered ? "  state: exited\n  reason: reply\n" : REST}`;
}
