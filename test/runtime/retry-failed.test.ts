import { expect, test } from "vitest";
import { retry } from "../../runtime/operate.ts";
import { describeEngine, type EngineTest } from "../support/engine.ts";

describeEngine("an enrollment that failed", (engine) => {
  const again = (t: EngineTest, id: string) =>
    t.db
      .transaction()
      .execute((trx) => retry(trx, t.h.execution.engine, id, "anne", t.h.clock.now()));

  async function fail(t: EngineTest): Promise<string> {
    t.h.answer = { kind: "permanent", code: "gone", message: "nobody is there" };
    const id = await t.enroll("fallback");
    await t.h.drain();
    expect(await t.read(id)).toMatchObject({ state: "failed", reason: "gone" });
    t.h.answer = { kind: "sent", providerId: "p2" };
    return id;
  }

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
    const { live_key, contact_id } = await t.read(id);
    const other = await t.enroll("fallback");
    await t.db
      .updateTable("enrollments")
      .set({ live_key, contact_id })
      .where("id", "=", other)
      .execute();
    expect(await again(t, id)).toMatchObject({ refused: { problem: "wrong-state" } });
    expect(await t.read(id)).toMatchObject({ state: "failed" });
  });
});
