import { parseArgs } from "node:util";
import { emptyAudit, type Audit } from "./audit.ts";
import { ROLES, type Role } from "./actor.ts";
import { enumerate, runCase, type Case } from "./matrix.ts";
import { inOrder } from "./order.ts";
import { isPlanted, PLANTED } from "./planted.ts";
import type { Kill } from "./points.ts";
import { markdownTable, writeBlock } from "../support/write-block.ts";
import { World } from "./world.ts";

/**
 * Kills the worker, the dispatcher, the controller, and PostgreSQL under each of them, at the points that
 * a run without kills has shown; recovers, and audits every send against the provider's ledger.
 * `--runs N`, `--seed S`, `--minutes M` (stops early, and says so), `--write-docs`; `--plant NAME` takes a
 * protection out of the code, and the matrix has to report it.
 */
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    minutes: { type: "string", default: "30" },
    plant: { type: "string" },
    "write-docs": { type: "boolean", default: false },
  },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];
const { plant = null } = values;
if (plant !== null && !isPlanted(plant)) {
  throw new Error(`--plant is one of ${Object.keys(PLANTED).join(", ")}`);
}
const say = (line: string) => void process.stdout.write(`${line}\n`);

interface Row extends Audit {
  points: Set<string>;
  cases: number;
  runs: number;
  kills: number;
  /** Runs in which the successor was killed, too. */
  twice: number;
}

/** A run that did not come to its point has so many chances in all. */
const TRIES = 3;
const PROGRESS_EVERY = 25;

const started = performance.now();
say(`seed ${seed}`);
const world = await World.create();
const rows = new Map<string, Row>();
const wrong: string[] = [];
try {
  const cases = await enumerate(world);
  if (plant !== null) await world.plant(plant);
  for (const one of cases) {
    const row = rowOf(one);
    row.points.add(one.point);
    row.cases += 1;
  }
  const [points] = [[...rows.values()].reduce((sum, row) => sum + row.points.size, 0) / 2];
  say(`${points} points, ${cases.length} cases`);
  for (const [done, one] of inOrder(cases, seed, runs).entries()) {
    if (performance.now() - started > Number(values.minutes) * 60_000) {
      say(`stopped after ${values.minutes} minutes`);
      break;
    }
    if (done > 0 && done % PROGRESS_EVERY === 0) process.stderr.write(`${done} of ${runs}\n`);
    // A run that took another way is repeated at once.
    for (let tries = 0; tries < TRIES && !(await run(one)); tries++);
  }
} finally {
  await world.close();
}
const seconds = Math.round((performance.now() - started) / 1000);
const table = tableOf();
say(`\n${table}\n\n${seconds} s`);
if (values["write-docs"]) {
  await writeBlock("reliability", "crash matrix", `seed ${seed}, ${seconds} s:\n\n${table}`);
}
for (const one of wrong) say(one);
const kills = [...rows.values()].reduce((sum, row) => sum + row.kills, 0);
if (wrong.length > 0 || kills === 0) process.exitCode = 1;

/** @returns whether anything was killed */
async function run(one: Case): Promise<boolean> {
  const row = rowOf(one);
  const name = nameOf(one);
  row.runs += 1;
  try {
    const outcome = await runCase(world, one);
    row.kills += outcome.kills;
    if (outcome.kills > 1) row.twice += 1;
    for (const key of ["once", "settled", "resent", "duplicates", "lost"] as const) {
      row[key] += outcome[key];
    }
    wrong.push(...outcome.wrong.map((text) => `${name}: ${text}`));
    return outcome.kills > 0;
  } catch (error) {
    wrong.push(`${name}: ${String(error)}`);
    return true;
  }
}

function nameOf({ whom, role, successor, ...kill }: Case): string {
  const at = ({ moment, point, nth }: Omit<Kill, "whom">) => `${moment} ${point} #${nth}`;
  const then = successor === undefined ? "" : `, and its successor ${at(successor)}`;
  return `${whom}, ${role} ${at(kill)}${then}`;
}

function rowOf({ role, whom }: { role: Role; whom: Case["whom"] }): Row {
  const name = whom === "PostgreSQL" ? `PostgreSQL under the ${role}` : role;
  const fresh = {
    ...emptyAudit(),
    points: new Set<string>(),
    cases: 0,
    runs: 0,
    kills: 0,
    twice: 0,
  };
  const row = rows.get(name) ?? fresh;
  rows.set(name, row);
  return row;
}

function tableOf(): string {
  const head = [
    "killed",
    "points",
    "cases",
    "runs",
    "kills",
    "runs with two",
    "sent once",
    "unknown, settled",
    "of them sent again by `resend`",
    "duplicates",
    "lost",
  ];
  const names = [...ROLES, ...ROLES.map((role) => `PostgreSQL under the ${role}`)];
  const lines = names.flatMap((name) => {
    const row = rows.get(name);
    if (row === undefined) return [];
    const { points, cases, runs, kills, twice, once, settled, resent, duplicates, lost } = row;
    const counts = [
      points.size,
      cases,
      runs,
      kills,
      twice,
      once,
      settled,
      resent,
      duplicates,
      lost,
    ];
    return [[name, ...counts]];
  });
  return markdownTable([head, ...lines]);
}
