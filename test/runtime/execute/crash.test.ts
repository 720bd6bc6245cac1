import type { KyselyPlugin } from "kysely";
import { expect, test } from "vitest";
import { executeChunk } from "../../../runtime/execute/execute.ts";
import { CHUNKS, startQueues } from "../../../runtime/queues.ts";
import { recoverStranded } from "../../../store/recover.ts";
import { inbox } from "../../core/enrollment/fixtures.ts";
import { describeEngine, NOW, type EngineTest } from "../../support/engine.ts";
import { silent } from "../../support/harness.ts";

const PEOPLE = 5;

/** What a worker asks of the database in one chunk of five, in waves of two, and then some. */
const STATEMENTS = Array.from({ length: 16 }, (_, n) => n);

describeEngine("a worker that dies", (engine) => {
  test("has no statement that is not tried here", async () => {
    const t = engine();
    for (let i = 0; i < PEOPLE; i++) await t.enroll();
    const [chunk] = await t.h.claim();
    const worker = mortal(Number.POSITIVE_INFINITY, "before");
    const db = t.db.withPlugin(worker.plugin);
    await executeChunk({ ...t.h.execution, db }, chunk!, () => false);
    expect(t.h.sent).toHaveLength(PEOPLE);
    expect(worker.asked()).toBeGreaterThan(8);
    expect(worker.asked()).toBeLessThanOrEqual(STATEMENTS.length);
  });

  for (const moment of ["before", "after"] as const) {
    for (const next of ["another worker", "the sweeper"] as const) {
      test.each(STATEMENTS)(
        `${moment} its statement %i, with ${next} after it, loses nothing and sends nothing twice`,
        async (dies) => {
          const t = engine();
          const ids: string[] = [];
          for (let i = 0; i < PEOPLE; i++) ids.push(await t.enroll());
          const [chunk] = await t.h.claim();
          const { h } = t;
          const calls: string[] = [];
          h.answer = ({ enrollment }) => {
            calls.push(enrollment);
            return { kind: "sent", providerId: null };
          };
          const worker = mortal(dies, moment);
          const db = t.db.withPlugin(worker.plugin);
          const work = executeChunk({ ...h.execution, db }, chunk!, () => worker.isDead());
          await work.catch((error: unknown) => expect(error).toBeInstanceOf(Died));

          if (next === "another worker") await h.execute(chunk!);
          else await sweep(t);
          await h.drain();

          expect(new Set(calls).size).toBe(calls.length);
          for (const id of ids) {
            const { state, step_id, chunk_id } = await t.read(id);
            const [message, ...others] = await t.messagesOf(id);
            expect(chunk_id).toBeNull();
            expect(others).toEqual([]);
            if (message?.state === "unknown") expect(state).toBe("held");
            else {
              expect(message?.state).toBe("sent");
              expect({ state, step_id }).toEqual({ state: "active", step_id: "b" });
              expect(calls).toContain(id);
            }
          }
          // At most a wave is left for somebody to settle.
          expect(
            (await states(t, ids)).filter((state) => state === "held").length,
          ).toBeLessThanOrEqual(2);
        },
      );
    }
  }

  test("and its inbox says `resend`: everybody gets the message, one wave's people perhaps twice", async () => {
    const t = engine();
    await t.publish([inbox("mail", "email", { concurrency: 2, on_unknown: "resend" })]);
    const ids: string[] = [];
    for (let i = 0; i < PEOPLE; i++) ids.push(await t.enroll());
    const [chunk] = await t.h.claim();
    const worker = mortal(4, "after");
    const db = t.db.withPlugin(worker.plugin);
    const work = executeChunk({ ...t.h.execution, db }, chunk!, () => worker.isDead());
    await work.catch((error: unknown) => expect(error).toBeInstanceOf(Died));
    await t.h.execute(chunk!);
    await t.h.drain();
    expect(new Set(await states(t, ids))).toEqual(new Set(["active"]));
    const sent = t.h.sent.map((one) => one.enrollment);
    expect(new Set(sent)).toEqual(new Set(ids));
    expect(sent.length).toBeLessThanOrEqual(PEOPLE + 2);
  });
});

class Died extends Error {
  /** Not one of the codes after which a statement is tried again. */
  readonly code = "XX000";
}

/** A connection that is gone for good from its n-th statement on: just before it, or once it was carried out. */
function mortal(n: number, moment: "before" | "after") {
  let count = 0;
  const numbers = new WeakMap<object, number>();
  const plugin: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      const number = count++;
      numbers.set(queryId, number);
      if (moment === "before" ? number >= n : number > n) throw new Died();
      return node;
    },
    async transformResult({ result, queryId }) {
      if (moment === "after" && (numbers.get(queryId) ?? 0) >= n) throw new Died();
      return result;
    },
  };
  return { plugin, isDead: () => count > n, asked: () => count };
}

async function sweep(t: EngineTest): Promise<void> {
  const queues = await startQueues(t.database, silent);
  await queues.stop(1000);
  await recoverStranded(t.db, CHUNKS, NOW);
}

function states(t: EngineTest, ids: readonly string[]): Promise<string[]> {
  return Promise.all(ids.map(async (id) => (await t.read(id)).state));
}
