import { openPostgres } from "../store/database.ts";
import { migrate } from "../store/migrate.ts";
import { Child } from "./http/child.ts";
import type { LoadOrder, LoadResult } from "./http/load.ts";
import { median, report } from "./measure.ts";
import { startBenchCluster } from "./runtime/cluster.ts";
import { publishBenchWorkspace, SEQUENCE } from "./runtime/workspace.ts";

/**
 * `POST /v1/enrollments` at 64 connections, each request somebody new with a charge of theirs, against a
 * fastify route that takes the same bodies and does nothing. Server and client have a process each.
 */
const ROUNDS = 5;
const KEY = "bench-key-of-no-server-but-this-one";
const LOAD = { connections: 64, key: KEY, sequence: SEQUENCE };
const NAMES = ["noop", "engine"] as const;
const REQUESTS = { noop: 8_000, engine: 4_000 };

const cluster = await startBenchCluster();
try {
  report(await run());
} finally {
  await cluster.stop();
}

async function run(): Promise<Record<string, number>> {
  const database = await openPostgres(cluster.url);
  await migrate(database.db);
  await publishBenchWorkspace(database.db, Date.now());
  const load = new Child("load.ts");
  const servers = {
    noop: new Child("noop-server.ts"),
    engine: new Child("engine-server.ts", { BENCH_DATABASE: cluster.url, BENCH_KEY: KEY }),
  };
  const ports = {
    noop: await servers.noop.next<number>(),
    engine: await servers.engine.next<number>(),
  };
  const figures = { noop: series(), engine: series() };
  // One more than the rounds: the first warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of round % 2 === 0 ? NAMES : NAMES.toReversed()) {
      const requests = REQUESTS[name];
      const cpu = await servers[name].ask<number>();
      const order: LoadOrder = { ...LOAD, port: ports[name], requests, round: `${name}-${round}` };
      const { seconds, p99 } = await load.ask<LoadResult>(order);
      if (round === 0) continue;
      figures[name].rate.push(requests / seconds);
      figures[name].p99.push(p99);
      figures[name].cpu.push(((await servers[name].ask<number>()) - cpu) / requests);
    }
  }
  for (const child of [load, servers.noop, servers.engine]) await child.stop();
  await database.close();
  const rate = { noop: median(figures.noop.rate), engine: median(figures.engine.rate) };
  return {
    "fastify no-op, requests/s": rate.noop,
    "enroll, requests/s": rate.engine,
    "enroll / no-op": rate.engine / rate.noop,
    "no-op p99, ms": median(figures.noop.p99),
    "enroll p99, ms": median(figures.engine.p99),
    "no-op, node CPU a request, µs": median(figures.noop.cpu),
    "enroll, node CPU a request, µs": median(figures.engine.cpu),
  };
}

function series(): { rate: number[]; p99: number[]; cpu: number[] } {
  return { rate: [], p99: [], cpu: [] };
}
