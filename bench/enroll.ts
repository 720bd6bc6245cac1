import { sql } from "kysely";
import { openPostgres } from "../store/database.ts";
import { migrate } from "../store/migrate.ts";
import { Child } from "./http/child.ts";
import type { LoadOrder, LoadResult } from "./http/load.ts";
import { knowAlready } from "./http/rows.ts";
import { median, report } from "./measure.ts";
import { startBenchCluster } from "./runtime/cluster.ts";
import { publishBenchWorkspace, SEQUENCE } from "./runtime/workspace.ts";

/**
 * `POST /v1/enrollments` at 64 connections against a fastify route that takes the same bodies and does
 * nothing: once for charges that are known, and once with somebody new and a charge of theirs in each
 * request. Servers and client have a process each.
 */
const ROUNDS = 5;
const KEY = "bench-key-of-no-server-but-this-one";
const LOAD = { connections: 64, key: KEY, sequence: SEQUENCE };
const CONTENDERS = {
  noop: { server: "noop", requests: 6_000, data: false },
  enroll: { server: "engine", requests: 3_000, data: false },
  data: { server: "engine", requests: 3_000, data: true },
} as const;
type Name = keyof typeof CONTENDERS;
const NAMES = Object.keys(CONTENDERS) as Name[];

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
  // One more than the rounds: the first warms up.
  const rounds = Array.from({ length: ROUNDS + 1 }, (_, round) => round);
  const { requests: known } = CONTENDERS.enroll;
  for (const round of rounds) await knowAlready(database.db, `enroll-${round}`, known, Date.now());
  await sql`vacuum (analyze)`.execute(database.db);
  const load = new Child("load.ts");
  const servers = {
    noop: new Child("noop-server.ts"),
    engine: new Child("engine-server.ts", { BENCH_DATABASE: cluster.url, BENCH_KEY: KEY }),
  };
  const ports = {
    noop: await servers.noop.next<number>(),
    engine: await servers.engine.next<number>(),
  };
  const figures: Record<Name, Series> = { noop: series(), enroll: series(), data: series() };
  for (const round of rounds) {
    for (const name of round % 2 === 0 ? NAMES : NAMES.toReversed()) {
      const { server, requests, data } = CONTENDERS[name];
      const cpu = await servers[server].ask<number>();
      const port = ports[server];
      const order: LoadOrder = { ...LOAD, port, requests, data, round: `${name}-${round}` };
      const { seconds, p99 } = await load.ask<LoadResult>(order);
      if (round === 0) continue;
      figures[name].rate.push(requests / seconds);
      figures[name].p99.push(p99);
      figures[name].cpu.push(((await servers[server].ask<number>()) - cpu) / requests);
    }
  }
  for (const child of [load, servers.noop, servers.engine]) await child.stop();
  await database.close();
  const { noop, enroll, data } = figures;
  return {
    "fastify no-op, requests/s": median(noop.rate),
    "enroll, requests/s": median(enroll.rate),
    "enroll with data, requests/s": median(data.rate),
    "enroll / no-op": median(enroll.rate) / median(noop.rate),
    "enroll with data / no-op": median(data.rate) / median(noop.rate),
    "no-op p99, ms": median(noop.p99),
    "enroll p99, ms": median(enroll.p99),
    "no-op, node CPU a request, µs": median(noop.cpu),
    "enroll, node CPU a request, µs": median(enroll.cpu),
    "enroll with data, node CPU a request, µs": median(data.cpu),
  };
}

interface Series {
  readonly rate: number[];
  readonly p99: number[];
  readonly cpu: number[];
}

function series(): Series {
  return { rate: [], p99: [], cpu: [] };
}
