import { expect, test } from "vitest";
import { retry } from "../../runtime/operate.ts";
import { transact } from "../../runtime/transact.ts";
import type { Db } from "../../store/database.ts";
import { describeEngine, type EngineTest } from "../support/engine.ts";

const again = (t: EngineTest, id: string) =>
  transact(t.db, (trx) => retry(trx, t.h.execution.engine, id, "anne", t.h.clock.now()));

async function fail(t: EngineTest): Promise<string> {
  t.h.answer = { kind: "permanent", code: "gone", message: "nobody is there" };
  const id = await t.enroll("fallback");
  await t.h.drain();
  expect(await t.read(id)).toMatchObject({ state: "failed", reason: "gone" });
  t.h.answer = { kind: "sent", providerId: "p2" };
  return id;
}

/** Makes one enrollment be about the same target as another. */
async function takePlace(db: Db, t: EngineTest, of: string, other: string): Promise<void> {
  const { live_key, contact_id } = await t.read(of);
  await db
    .updateTable("enrollments")
    .set({ live_key, contact_id })
    .where("id", "=", other)
    .execute();
}

describeEngine("an enrollment that failed", (engine) => {
  test("is tried again at its step, by the step's own channel, as an attempt of its own", async () => {
    const t = engine();
    const id = await fail(t);
    const before = await t.messagesOf(id);
    expect(await again(t, id)).toEqual({ done: true });
    await t.h.drain();
    const messages = await t.messagesOf(id);
    expect(messages.slice(0, before.length).map(({ state }) => state)).toEqual(
      before.map(() => "failed"),
    );
    expect(messages.at(-1)).toMatchObject({ step_id: "a", state: "sent", channel: "email" });
    expect(await t.read(id)).toMatchObject({ state: "active", step_id: "b", ended_at: null });
    expect(await t.historyOf(id)).toEqual(expect.arrayContaining(["failed", "released", "sent"]));
  });

  test("stays failed while another one of the same target is live", async () => {
    const t = engine();
    const id = await fail(t);
    await takePlace(t.db, t, id, await t.enroll("fallback"));
    expect(await again(t, id)).toMatchObject({ refused: { problem: "wrong-state" } });
    expect(await t.read(id)).toMatchObject({ state: "failed" });
  });
});

describeEngine(
  "while another one of the same target begins, an enrollment that failed",
  (engine) => {
    /** Tries again once the other one is there, which is not committed yet. */
    async function race(t: EngineTest, id: string) {
      const other = await t.enroll("fallback");
      const trx = await t.db.startTransaction().execute();
      await takePlace(trx, t, id, other);
      const retried = again(t, id);
      await t.waitsForLock();
      return { trx, retried };
    }

    test("stays failed, as where the other one was there before", async () => {
      const t = engine();
      const id = await fail(t);
      const { trx, retried } = await race(t, id);
      await trx.commit().execute();
      expect(await retried).toEqual(await again(t, id));
      expect(await retried).toMatchObject({ refused: { problem: "wrong-state" } });
      expect(await t.read(id)).toMatchObject({ state: "failed" });
    });

    test("is tried again where nothing came of the other one", async () => {
      const t = engine();
      const id = await fail(t);
      const { trx, retried } = await race(t, id);
      await trx.rollback().execute();
      expect(await retried).toEqual({ done: true });
    });
  },
  ["PostgreSQL"],
);
