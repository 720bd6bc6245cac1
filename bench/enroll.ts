import { sql } from "kysely";
import type { Db } from "../store/database.ts";
import { backendCpu, usedBetween } from "./http/backends.ts";
import { Child } from "./http/child.ts";
import { KEY, withEngine, type EngineUnderTest } from "./http/engine.ts";
import type { LoadOrder, LoadResult } from "./http/load.ts";
import { knowAlready } from "./http/rows.ts";
import { isQuick, median, report } from "./measure.ts";
import { SEQUENCE } from "./runtime/workspace.ts";

/**
 * `POST /v1/enrollments` at 64 connections against a fastify route that takes the same bodies and does
 * nothing: once for charges that are known, and once with somebody new and a charge of theirs in each
 * request. Servers and client have a process each.
 */
const ROUNDS = isQuick ? 1 : 5;
const REQUESTS = isQuick ? 300 : 10_000;
const LOAD = { connections: 64, key: KEY, sequence: SEQUENCE };
const CONTENDERS = {
  noop: { server: "noop", requests: 2 * REQUESTS, data: false },
  enroll: { server: "engine", requests: REQUESTS, data: false },
  data: { server: "engine", requests: REQUESTS, data: true },
} as const;
type Name = keyof typeof CONTENDERS;
const NAMES = Object.keys(CONTENDERS) as Name[];
// One more than the rounds: the first warms up.
const ALL_ROUNDS = Array.from({ length: ROUNDS + 1 }, (_, round) => round);

report(await withEngine(prepare, run));

async function prepare(db: Db): Promise<void> {
  const { requests } = CONTENDERS.enroll;
  for (const round of ALL_ROUNDS) await knowAlready(db, `enroll-${round}`, requests, Date.now());
  await sql`vacuum (analyze)`.execute(db);
}

async function run({ server: engine, port, db }: EngineUnderTest): Promise<Record<string, number>> {
  const load = new Child("load.ts");
  const servers = { engine, noop: new Child("noop-server.ts") };
  const ports = { engine: port, noop: await servers.noop.next<number>() };
  const figures: Record<Name, Series> = { noop: series(), enroll: series(), data: series() };
  for (const round of ALL_ROUNDS) {
    for (const name of round % 2 === 0 ? NAMES : NAMES.toReversed()) {
      const { server, requests, data } = CONTENDERS[name];
      const before = await backendCpu(db);
      const cpu = await servers[server].ask<number>();
      const about = { port: ports[server], requests, data, round: `${name}-${round}` };
      const order: LoadOrder = { ...LOAD, ...about };
      const { seconds, p99 } = await load.ask<LoadResult>(order);
      if (round === 0) continue;
      const used = usedBetween(before, await backendCpu(db));
      figures[name].rate.push(requests / seconds);
      figures[name].p99.push(p99);
      figures[name].cpu.push(((await servers[server].ask<number>()) - cpu) / requests);
      figures[name].postgres.push(used / requests);
    }
  }
  for (const child of [load, servers.noop]) await child.stop();
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
    "enroll, PostgreSQL CPU a request, µs": median(enroll.postgres),
    "enroll with data, PostgreSQL CPU a request, µs": median(data.postgres),
  };
}

interface Series {
  readonly rate: number[];
  readonly p99: number[];
  readonly cpu: number[];
  readonly postgres: number[];
}

function series(): Series {
  return { rate: [], p99: [], cpu: [], postgres: [] };
}
