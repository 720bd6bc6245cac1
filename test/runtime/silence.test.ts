import { beforeAll, expect, test } from "vitest";
import type { CanonicalDocument, Trigger } from "../../core/language/document.ts";
import { startSilent } from "../../runtime/events/silence.ts";
import { mergeEntity } from "../../runtime/merge-entity.ts";
import { describeEngine, NOW, type EngineTest } from "../support/engine.ts";
import { insertContact, publishVersion, textDocument } from "../support/rows.ts";

const DAY = 86_400_000;
let conversations = 0;

describeEngine("a conversation that goes quiet", (engine) => {
  beforeAll(async () => {
    const { db } = engine();
    await publishVersion(db, waking("wake", [{ inactive: { n: 2, unit: "day" } }]), 1, NOW);
  });

  function waking(id: string, triggers: readonly Trigger[]): CanonicalDocument {
    return { ...textDocument(id), target: "conversation", triggers };
  }
  async function conversation(t: EngineTest, data: object): Promise<string> {
    const id = `${t.database.kind}-${(conversations += 1)}`;
    await insertContact(t.db, `p-${id}`, { email: `${id}@example.com` }, NOW);
    await change(t, id, { ...data }, `p-${id}`);
    return id;
  }
  const change = (t: EngineTest, id: string, data: object, contactId: string | null = null) =>
    t.db
      .transaction()
      .execute((trx) =>
        mergeEntity(
          trx,
          t.h.execution.engine,
          { type: "conversation", id, contactId, data: data as never },
          t.h.clock.now(),
        ),
      );
  const enrolled = async (t: EngineTest, id: string) => {
    const rows = t.db.selectFrom("enrollments").select(["state", "sequence_id"]);
    return (await rows.where("target_id", "=", id).orderBy("id").execute()).map(
      (row) => `${row.sequence_id} ${row.state}`,
    );
  };
  const ago = (ms: number) => new Date(NOW - ms).toISOString();

  test("begins what waits for it, once, when the time has come", async () => {
    const t = engine();
    const id = await conversation(t, { status: "open", last_inbound_at: ago(DAY) });
    expect(await startSilent(t.h.execution)).toBe(0);
    t.h.clock.advance({ days: 1 });
    expect(await startSilent(t.h.execution)).toBe(1);
    expect(await startSilent(t.h.execution)).toBe(0);
    expect(await enrolled(t, id)).toEqual(["wake active"]);
  });

  test("begins again after another message and another silence", async () => {
    const t = engine();
    const id = await conversation(t, { status: "open", last_inbound_at: ago(2 * DAY) });
    await startSilent(t.h.execution);
    await t.db
      .updateTable("enrollments")
      .set({ state: "exited", ended_at: ago(0), next_due_at: null })
      .execute();
    expect(await startSilent(t.h.execution)).toBe(0);
    t.h.clock.advance({ hours: 1 });
    await change(t, id, { last_inbound_at: new Date(t.h.clock.now()).toISOString() });
    t.h.clock.advance({ days: 2 });
    expect(await startSilent(t.h.execution)).toBe(1);
    expect(await enrolled(t, id)).toEqual(["wake exited", "wake active"]);
  });

  test("an instant with an offset is the instant that it is", async () => {
    const t = engine();
    const at = new Date(NOW - 2 * DAY + 3 * 3_600_000).toISOString().replace("Z", "+03:00");
    const id = await conversation(t, { status: "open", last_inbound_at: at });
    await startSilent(t.h.execution);
    expect(await enrolled(t, id)).toEqual(["wake active"]);
  });

  test.each([
    ["is resolved", { status: "resolved", last_inbound_at: ago(2 * DAY) }],
    [
      "went quiet long before anybody waited for it",
      { status: "open", last_inbound_at: ago(9 * DAY) },
    ],
    ["nobody wrote in", { status: "open" }],
  ])("one that %s begins nothing", async (_, data) => {
    const t = engine();
    const id = await conversation(t, data);
    await startSilent(t.h.execution);
    expect(await enrolled(t, id)).toEqual([]);
  });

  test("only where the trigger's condition holds", async () => {
    const t = engine();
    const trigger = {
      inactive: { n: 1, unit: "hour" },
      if: 'conversation.status == "open"',
    } as const;
    await publishVersion(t.db, waking(`picky-${t.database.kind}`, [trigger]), 1, NOW);
    const hour = ago(3_600_000);
    const open = await conversation(t, { status: "open", last_inbound_at: hour });
    const snoozed = await conversation(t, { status: "snoozed", last_inbound_at: hour });
    await startSilent(t.h.execution);
    expect(await enrolled(t, open)).toEqual([`picky-${t.database.kind} active`]);
    expect(await enrolled(t, snoozed)).toEqual([]);
  });
});
