import { afterEach, expect, test } from "vitest";
import type { Delivery } from "../../runtime/channels/channel.ts";
import { createMetrics } from "../../runtime/metrics/metrics.ts";
import { rederiveAfterPolicyChange } from "../../runtime/policy-change.ts";
import { createRuntime, type Runtime, type RuntimeOptions } from "../../runtime/runtime.ts";
import { readPendingRevision } from "../../store/workspace.ts";
import { inbox } from "../core/enrollment/fixtures.ts";
import { describeEngine, INBOXES, NOW, type EngineTest } from "../support/engine.ts";
import { silent } from "../support/harness.ts";
import { publishVersion, textDocument } from "../support/rows.ts";

const SENT = { kind: "sent", providerId: null } as const;
const running: Runtime[] = [];

/** A started runtime whose messages end in `sent`. */
async function start(t: EngineTest, sent: Delivery[], given: Partial<RuntimeOptions> = {}) {
  const runtime = await createRuntime({
    database: t.database,
    clock: t.h.clock,
    engine: t.h.execution.engine,
    delivery: { mode: "outbox", dataDir: "/nowhere", publicUrl: null, env: {} },
    log: silent,
    metrics: createMetrics(t.database.db, t.h.clock),
    channels: {
      async send(delivery) {
        sent.push(delivery);
        return SENT;
      },
      async close() {},
    },
    ...given,
  });
  running.push(runtime);
  runtime.start();
  return runtime;
}

const stopAll = async () => {
  for (const runtime of running.splice(0)) await runtime.stop();
};

describeEngine("the runtime", (engine) => {
  afterEach(stopAll);

  test("carries enrollments to their end as time goes by", async () => {
    const t = engine();
    const sent: Delivery[] = [];
    const runtime = await start(t, sent);
    const ids = [await t.enroll(), await t.enroll(), await t.enroll()];
    await runtime.drain();
    expect(sent.map((one) => one.step)).toEqual(["a", "a", "a"]);
    t.h.clock.advance({ days: 1 });
    await runtime.drain();
    expect(sent).toHaveLength(6);
    const rows = await Promise.all(ids.map((id) => t.read(id)));
    expect(rows.map((row) => row.state)).toEqual(["completed", "completed", "completed"]);
  });

  test("runs a chunk again that failed before its sends", async () => {
    const t = engine();
    const sent: Delivery[] = [];
    await rederiveAfterPolicyChange(t.h.execution);
    let failures = 0;
    const { engine: real } = t.h.execution;
    const failing = {
      ...real,
      workspace: (db: Parameters<typeof real.workspace>[0]) => {
        failures += 1;
        return failures === 1 ? Promise.reject(new Error("away")) : real.workspace(db);
      },
    };
    const runtime = await start(t, sent, { engine: failing });
    await t.enroll();
    await runtime.drain();
    expect(failures).toBeGreaterThan(1);
    expect(sent).toHaveLength(1);
  });

  test("stopped, it finishes the wave under way and hands back the rest", async () => {
    const t = engine();
    const first: Delivery[] = [];
    const open = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const slow = {
      async send(delivery: Delivery) {
        begun.resolve();
        await open.promise;
        first.push(delivery);
        return SENT;
      },
      async close() {},
    };
    const ids = [await t.enroll(), await t.enroll(), await t.enroll(), await t.enroll()];
    const stopped = await start(t, [], { channels: slow });
    stopped.kick();
    await begun.promise;
    const stopping = stopAll();
    open.resolve();
    await stopping;
    expect(first).toHaveLength(2);
    const rows = await Promise.all(ids.map((id) => t.read(id)));
    expect(rows.map((row) => row.chunk_id)).toEqual([null, null, null, null]);

    const second: Delivery[] = [];
    await (await start(t, second)).drain();
    const all = [...first, ...second].map((one) => one.enrollment);
    expect(all).toHaveLength(4);
    expect(new Set(all)).toEqual(new Set(ids));
  });
});

describeEngine(
  "several runtimes on one database",
  (engine) => {
    afterEach(stopAll);

    test("send every message once", async () => {
      const t = engine();
      await t.publish(INBOXES.map((one) => ({ ...one, concurrency: 16 })));
      const ids: string[] = [];
      for (let i = 0; i < 150; i++) ids.push(await t.enroll());
      const sent: Delivery[] = [];
      const runtimes = [await start(t, sent), await start(t, sent), await start(t, sent)];
      await Promise.all(runtimes.map((runtime) => runtime.drain()));
      t.h.clock.advance({ days: 1 });
      await Promise.all(runtimes.map((runtime) => runtime.drain()));
      const keys = sent.map((one) => `${one.enrollment} ${one.step}`);
      expect(keys).toHaveLength(300);
      expect(new Set(keys).size).toBe(300);
    });
  },
  ["PostgreSQL"],
);

describeEngine("a policy change", (engine) => {
  test("re-derives who waits, once", async () => {
    const t = engine();
    await publishVersion(t.db, atTen(), 1, NOW);
    const id = await t.enroll("at-ten");
    await t.h.drain();
    expect(await t.read(id)).toMatchObject({ next_due_at: new Date("2026-03-03T10:00:00Z") });

    await t.publish([inbox("mail", "email")], { timezone: "America/Sao_Paulo" });
    expect(await readPendingRevision(t.db)).not.toBeNull();
    await rederiveAfterPolicyChange(t.h.execution);
    expect(await t.read(id)).toMatchObject({ next_due_at: new Date("2026-03-03T13:00:00Z") });
    expect(await readPendingRevision(t.db)).toBeNull();
    expect(await t.historyOf(id)).toEqual(["enrolled", "scheduled", "sent", "rescheduled"]);

    await rederiveAfterPolicyChange(t.h.execution);
    expect(await t.historyOf(id)).toHaveLength(4);
  });

  test("that is broken off is done from the beginning by the next call", async () => {
    const t = engine();
    await rederiveAfterPolicyChange(t.h.execution);
    await publishVersion(t.db, { ...atTen(), id: "at-ten-again" }, 1, NOW);
    const id = await t.enroll("at-ten-again");
    await t.h.drain();
    await t.publish([inbox("mail", "email")], { timezone: "America/Sao_Paulo" });
    await rederiveAfterPolicyChange(t.h.execution, () => true);
    expect(await readPendingRevision(t.db)).not.toBeNull();
    await rederiveAfterPolicyChange(t.h.execution);
    expect(await t.read(id)).toMatchObject({ next_due_at: new Date("2026-03-03T13:00:00Z") });
  });
});

/** A second step at ten o'clock, wherever the workspace is. */
function atTen() {
  const document = textDocument("at-ten");
  const steps = document.steps.map((step) => (step.id === "b" ? { ...step, at: "10:00" } : step));
  return { ...document, steps };
}
