import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { fromKysely, PgBoss } from "pg-boss";
import { countInHand } from "../store/claim.ts";
import { openPostgres, type Db } from "../store/database.ts";
import { migrate } from "../store/migrate.ts";
import { median, report } from "./measure.ts";
import { startBenchCluster } from "./runtime/cluster.ts";
import { Contender, NOOP_QUEUE } from "./runtime/contender.ts";
import { populate } from "./runtime/population.ts";
import { publishBenchWorkspace } from "./runtime/workspace.ts";

/**
 * Steps a second: due enrollments among many that wait, carried by two worker processes through the whole
 * path but a provider, against pg-boss doing nothing in batches of 500.
 */
const WAITING = Number(process.argv.find((one) => /^\d+$/.test(one)) ?? 200_000);
const WORKERS = 2;
const ROUNDS = 5;
const STEPS = 20_000;
const NOOPS = 50_000;
const DAY = 86_400_000;
/** A Monday morning in sending hours. */
const START = Date.parse("2026-03-02T10:00:00Z");

const cluster = await startBenchCluster();
try {
  report(await run());
} finally {
  await cluster.stop();
}

async function run(): Promise<Record<string, number>> {
  const database = await openPostgres(cluster.url);
  const { db } = database;
  await migrate(db);
  await publishBenchWorkspace(db, START - DAY);
  // One more than the rounds: the first warms up.
  const due = Array.from({ length: ROUNDS + 1 }, (_, round) => START + round * DAY);
  await populate(db, WAITING, { size: STEPS, due, later: START + 60 * DAY }, START - DAY);
  const boss = new PgBoss({ connectionString: cluster.url, max: 2 });
  await boss.start();
  await boss.createQueue(NOOP_QUEUE, { partition: true });

  const env = { BENCH_DATABASE: cluster.url, BENCH_NOW: String(START - DAY) };
  const noop = await Contender.start("noop-worker.ts", WORKERS, env);
  const engine = await Contender.start("engine-worker.ts", WORKERS, env);
  const rates: { noop: number[]; engine: number[]; log: number[]; cpu: number[] } = {
    noop: [],
    engine: [],
    log: [],
    cpu: [],
  };
  for (const [round, at] of due.entries()) {
    const noopRate = await idle(db, boss, noop);
    const [before, cpu] = [await logPosition(db), engine.cpu];
    const started = performance.now();
    await engine.carryOut({ at }, STEPS);
    await settled(db);
    const seconds = (performance.now() - started) / 1000;
    const written = (await logPosition(db)) - before;
    if (round === 0) continue;
    rates.noop.push(noopRate);
    rates.engine.push(STEPS / seconds);
    rates.log.push(written / STEPS);
    rates.cpu.push((engine.cpu - cpu) / STEPS);
  }
  const memory = engine.memory;
  await engine.stop();
  await noop.stop();
  await boss.stop();
  await database.close();
  const [noopRate, engineRate] = [median(rates.noop), median(rates.engine)];
  return {
    waiting: WAITING,
    "pg-boss no-op, jobs/s": noopRate,
    "engine, steps/s": engineRate,
    "engine / no-op": engineRate / noopRate,
    "write-ahead log a step, bytes": median(rates.log),
    "node CPU a step, µs": median(rates.cpu),
    "memory of a worker, MB": memory / 1e6,
  };
}

/** Bytes of write-ahead log written so far. */
async function logPosition(db: Db): Promise<number> {
  const { rows } = await sql<{ bytes: string }>`
    select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bytes`.execute(db);
  return Number(rows[0]?.bytes);
}

/** Until the last wave is finished: what was sent has been recorded. */
async function settled(db: Db): Promise<void> {
  while ((await countInHand(db)) > 0) await pause(5);
}

/** @returns jobs a second */
async function idle(db: Db, boss: PgBoss, noop: Contender): Promise<number> {
  // All at once: workers that are awake must not begin before the clock does.
  const trx = await db.startTransaction().execute();
  const jobs = Array.from({ length: NOOPS }, () => ({ data: {} }));
  for (let i = 0; i < NOOPS; i += 5_000)
    await boss.insert(NOOP_QUEUE, jobs.slice(i, i + 5_000), { db: fromKysely(trx) });
  const seconds = await noop.carryOut({ at: 0 }, NOOPS, () => trx.commit().execute());
  return NOOPS / seconds;
}
