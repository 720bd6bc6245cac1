import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { openPostgres } from "../store/database.ts";
import { migrate } from "../store/migrate.ts";
import { median, report } from "./measure.ts";
import { startBenchCluster } from "./runtime/cluster.ts";
import { populate } from "./runtime/population.ts";
import { publishBenchWorkspace } from "./runtime/workspace.ts";

/**
 * 5,000 due at one instant among many that wait, two worker processes, a clock that runs: how long after
 * that instant each message reaches the channel.
 */
const WAITING = Number(process.argv.find((one) => /^\d+$/.test(one)) ?? 200_000);
const WORKERS = 2;
const BURST = 5_000;
const ROUNDS = 5;
/** How long before a burst the clock begins to run towards it. */
const LEAD_MS = 2_000;
/** Not a part of any pause of the engine's, so that bursts meet its rounds at different moments. */
const JITTER_MS = 137;
const MOST_MS = 60_000;
const DAY = 86_400_000;
/** A Monday morning in sending hours, whatever the time is. */
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
  await populate(db, WAITING, { size: BURST, due, later: START + 60 * DAY }, START - DAY);
  await database.close();

  const sent: number[] = [];
  const env = {
    ...process.env,
    BENCH_DATABASE: cluster.url,
    BENCH_OFFSET: String(START - DAY - Date.now()),
  };
  const workers = Array.from({ length: WORKERS }, () =>
    fork(new URL("runtime/burst-worker.ts", import.meta.url), { env }).on(
      "message",
      (instants: number[]) => sent.push(...instants),
    ),
  );
  const figures: { p50: number[]; p99: number[]; most: number[] } = { p50: [], p99: [], most: [] };
  for (const [round, instant] of due.entries()) {
    const offset = instant - LEAD_MS - round * JITTER_MS - Date.now();
    for (const worker of workers) worker.send({ offset });
    while (sent.length < BURST * (round + 1)) {
      if (Date.now() + offset > instant + MOST_MS) throw new Error(`${sent.length} were sent`);
      await pause(20);
    }
    const late = sent.slice(BURST * round).map((at) => at - instant);
    if (late.some((ms) => ms < 0)) throw new Error("a message went before it was due");
    late.sort((a, b) => a - b);
    if (round === 0) continue;
    figures.p50.push(late[BURST * 0.5] ?? Number.NaN);
    figures.p99.push(late[BURST * 0.99] ?? Number.NaN);
    figures.most.push(late.at(-1) ?? Number.NaN);
  }
  for (const worker of workers) {
    const ended = once(worker, "exit");
    worker.disconnect();
    await ended;
  }
  return {
    waiting: WAITING,
    "due at one instant": BURST,
    "due to sent, median, ms": median(figures.p50),
    "due to sent, p99, ms": median(figures.p99),
    "due to sent, the last, ms": median(figures.most),
  };
}
