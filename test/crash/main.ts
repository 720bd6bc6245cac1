import { parseArgs } from "node:util";
import { markdownTable, writeBetween } from "../../bench/docs.ts";
import { emptyAudit, type Audit } from "./audit.ts";
import { ROLES, type Role } from "./actor.ts";
import { enumerate, runCase, type Case } from "./matrix.ts";
import { inOrder } from "./order.ts";
import { World } from "./world.ts";

/**
 * Kills the worker, the dispatcher, the controller, and PostgreSQL under each of them, at the points that
 * a run without kills has shown; recovers, and audits every send against the provider's ledger.
 * `--runs N`, `--seed S`, `--minutes M` (stops early, and says so), `--write-docs`.
 */
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    minutes: { type: "string", default: "30" },
    "write-docs": { type: "boolean", default: false },
  },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];
const say = (line: string) => void process.stdout.write(`${line}\n`);

interface Row extends Audit {
  points: Set<string>;
  cases: number;
  runs: number;
  kills: number;
}

const started = performance.now();
say(`seed ${seed}`);
const world = await World.create();
const rows = new Map<string, Row>();
const wrong: string[] = [];
try {
  const cases = await enumerate(world);
  for (const one of cases) {
    const row = rowOf(one);
    row.points.add(one.point);
    row.cases += 1;
  }
  const [points] = [[...rows.values()].reduce((sum, row) => sum + row.points.size, 0) / 2];
  say(`${points} points, ${cases.length} cases`);
  for (const one of inOrder(cases, seed, runs)) {
    if (performance.now() - started > Number(values.minutes) * 60_000) {
      say(`stopped after ${values.minutes} minutes`);
      break;
    }
    await run(one);
  }
} finally {
  await world.close();
}
const seconds = Math.round((performance.now() - started) / 1000);
const table = tableOf();
say(`\n${table}\n\n${seconds} s`);
if (values["write-docs"]) await writeDocs(table, seconds);
for (const one of wrong) say(one);
const kills = [...rows.values()].reduce((sum, row) => sum + row.kills, 0);
if (wrong.length > 0 || kills === 0) process.exitCode = 1;

async function run(one: Case): Promise<void> {
  const row = rowOf(one);
  const name = `${one.whom} ${one.moment} ${one.role}: ${one.point} #${one.nth}`;
  row.runs += 1;
  try {
    const outcome = await runCase(world, one);
    if (outcome.isStruck) row.kills += 1;
    for (const key of ["once", "settled", "resent", "duplicates", "lost"] as const) {
      row[key] += outcome[key];
    }
    wrong.push(...outcome.wrong.map((text) => `${name}: ${text}`));
  } catch (error) {
    wrong.push(`${name}: ${String(error)}`);
  }
}

function rowOf({ role, whom }: { role: Role; whom: Case["whom"] }): Row {
  const name = whom === "PostgreSQL" ? `PostgreSQL under the ${role}` : role;
  const fresh = { ...emptyAudit(), points: new Set<string>(), cases: 0, runs: 0, kills: 0 };
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
    const { points, cases, runs, kills, once, settled, resent, duplicates, lost } = row;
    const counts = [points.size, cases, runs, kills, once, settled, resent, duplicates, lost];
    return [[name, ...counts]];
  });
  return markdownTable([head, ...lines]);
}

async function writeDocs(table: string, seconds: number): Promise<void> {
  const day = new Date().toISOString().slice(0, 10);
  const file = new URL("../../docs/reliability.md", import.meta.url);
  await writeBetween(file, "crash matrix", `${day}, seed ${seed}, ${seconds} s:\n\n${table}`);
}
