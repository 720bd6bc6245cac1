import { sql } from "kysely";
import type { Db } from "../store/database.ts";
import { countNamed, isQuick, median } from "./measure.ts";
import { carryWave } from "./runtime/carry.ts";
import { reportOnCluster } from "./runtime/cluster.ts";
import { Contender } from "./runtime/contender.ts";
import { deferSteps, jobsDueAt, makeDue } from "./runtime/deferred-jobs.ts";
import { doNothing, openNoopQueue } from "./runtime/noop-jobs.ts";
import { daysFrom, openWaiting, wavesOf, WORKERS } from "./runtime/waiting.ts";

/**
 * Steps a second: due enrollments among many that wait, carried by two worker processes through the whole
 * path but a provider; against pg-boss doing nothing in batches of 500, and against a deferred job of
 * pg-boss's for each step that waits, handled alone, in a database of its own on the same server.
 */
const WAITING = countNamed(200_000, 2_000);
const ROUNDS = isQuick ? 1 : 5;
const STEPS = isQuick ? 500 : 20_000;
const NOOPS = isQuick ? 1_000 : 50_000;
/** Fewer: each takes longer. */
const DEFERRED = isQuick ? 50 : 500;

await reportOnCluster(async (url) => {
  // One more than the rounds: the first warms up.
  const due = daysFrom(0, ROUNDS + 1);
  const own = await openWaiting(url, WAITING, wavesOf(STEPS, due));
  await sql`create database deferred`.execute(own.db);
  const theirUrl = new URL("deferred", url).href;
  const theirs = await openWaiting(theirUrl, WAITING, wavesOf(DEFERRED, due));
  await deferSteps(theirs.db, theirUrl);
  const boss = await openNoopQueue(url);

  const noop = await Contender.start("noop-worker.ts", WORKERS, url);
  const engine = await Contender.start("engine-worker.ts", WORKERS, url);
  const deferred = await Contender.start("deferred-worker.ts", WORKERS, theirUrl);
  const contenders = [noop, engine, deferred];
  for (const one of contenders) one.rest();
  const rounds: Round[] = [];
  for (const at of due) {
    const idle = await noop.takeTurn(() => doNothing(own.db, boss, noop, NOOPS));
    const jobs = await jobsDueAt(theirs.db, at);
    const makeTheirsDue = () => makeDue(theirs.db, jobs);
    const alone = await deferred.takeTurn(() => deferred.carryOut(at, DEFERRED, makeTheirsDue));
    const [log, cpu] = [await logPosition(own.db), await engine.cpu()];
    const seconds = await engine.takeTurn(() => carryWave(own.db, engine, at, STEPS));
    rounds.push({
      noop: NOOPS / idle,
      deferred: DEFERRED / alone,
      engine: STEPS / seconds,
      log: ((await logPosition(own.db)) - log) / STEPS,
      cpu: ((await engine.cpu()) - cpu) / STEPS,
    });
  }
  const memory = await engine.peakMemory();
  for (const one of contenders) await one.stop();
  await boss.stop();
  await own.close();
  await theirs.close();
  const of = (name: keyof Round) => median(rounds.slice(1).map((round) => round[name]));
  return {
    waiting: WAITING,
    "pg-boss no-op, jobs/s": of("noop"),
    "deferred job each, steps/s": of("deferred"),
    "engine, steps/s": of("engine"),
    "engine / no-op": of("engine") / of("noop"),
    "engine / deferred job each": of("engine") / of("deferred"),
    "write-ahead log a step, bytes": of("log"),
    "node CPU a step, µs": of("cpu"),
    "peak memory of a worker, MB": memory / 1e6,
  };
});

/** Rates a second; and of the engine, bytes of log and µs of CPU a step. */
interface Round {
  readonly noop: number;
  readonly deferred: number;
  readonly engine: number;
  readonly log: number;
  readonly cpu: number;
}

/** Bytes of write-ahead log written so far. */
async function logPosition(db: Db): Promise<number> {
  const { rows } = await sql<{ bytes: string }>`
    select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bytes`.execute(db);
  return Number(rows[0]?.bytes);
}
