import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { Delivery } from "../../runtime/channels/channel.ts";
import { createMetrics } from "../../runtime/metrics/metrics.ts";
import { createRuntime } from "../../runtime/runtime.ts";
import { openPostgres } from "../../store/database.ts";
import { EngineTest, NOW } from "../support/engine.ts";
import { silent } from "../support/harness.ts";
import { createDatabase } from "../support/postgres.ts";
import { publishVersion, textDocument } from "../support/rows.ts";

const PEOPLE = 60;
const AWAY_MS = 30_000;
/** Each has a dispatcher and two workers, and each worker two chunks at a time. */
const RUNTIMES = 2;
const WAVE = 2;

/** A way to a server that can be shut. */
async function startGate(to: { readonly hostname: string; readonly port: string }) {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(to.port), to.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    /** Cuts every connection and refuses new ones. */
    shut(): void {
      server.close();
      for (const one of open) one.destroy();
    },
    async reopen(): Promise<void> {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
  };
}

test("a PostgreSQL that refuses for 30 s under two dispatchers and four workers: nothing lost, nothing twice", async () => {
  const { url, drop } = await createDatabase();
  const gate = await startGate(new URL(url));
  const gated = new URL(url);
  gated.port = String(gate.port);
  const t = new EngineTest(await openPostgres(gated.href), async () => {
    gate.shut();
    await drop();
  });
  onTestFinished(() => t.close());
  await publishVersion(t.db, textDocument("welcome"), 1, NOW);
  await t.reset();
  const ids: string[] = [];
  for (let i = 0; i < PEOPLE; i++) ids.push(await t.enroll());

  const sent: Delivery[] = [];
  const isAway = Promise.withResolvers<void>();
  const channels = {
    async send(delivery: Delivery) {
      sent.push(delivery);
      if (sent.length === PEOPLE / 2) {
        gate.shut();
        isAway.resolve();
      }
      return { kind: "sent", providerId: null } as const;
    },
    close: () => Promise.resolve(),
  };
  const start = async () => {
    const runtime = await createRuntime({
      database: t.database,
      clock: t.h.clock,
      engine: t.h.execution.engine,
      delivery: { mode: "outbox", dataDir: "/nowhere", publicUrl: null, env: {} },
      log: silent,
      metrics: createMetrics(t.db, t.h.clock),
      channels,
    });
    onTestFinished(() => runtime.stop());
    runtime.start();
    return runtime;
  };
  const runtimes = await Promise.all(Array.from({ length: RUNTIMES }, start));
  await isAway.promise;
  await pause(AWAY_MS);
  await gate.reopen();
  await Promise.all(runtimes.map((runtime) => runtime.drain()));

  const enrollments = sent.map((one) => one.enrollment);
  expect(new Set(enrollments).size).toBe(enrollments.length);
  const taken = new Set(enrollments);
  let open = 0;
  for (const id of ids) {
    const [message, ...others] = await t.messagesOf(id);
    expect(others).toEqual([]);
    if (message?.state === "unknown") {
      open += 1;
      expect(await t.read(id)).toMatchObject({ state: "held", chunk_id: null });
    } else {
      expect(message).toMatchObject({ state: "sent" });
      expect(taken).toContain(id);
      expect(await t.read(id)).toMatchObject({ state: "active", step_id: "b", chunk_id: null });
    }
  }
  // A wave of each chunk that was under way, at most.
  expect(open).toBeLessThanOrEqual(WAVE * RUNTIMES * 4);
});
