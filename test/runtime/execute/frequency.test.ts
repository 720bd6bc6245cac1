import { beforeAll, beforeEach, expect, test } from "vitest";
import type { Purpose } from "../../../core/language/document.ts";
import { describeEngine, INBOXES, NOW, type EngineTest } from "../../support/engine.ts";
import { publishVersion, startOne, textDocument, waitingFor } from "../../support/rows.ts";

const DAY = 86_400_000;
const CAP = { messages: 2, per: { n: 1, unit: "day" } } as const;
const MARKETING = ["offer", "news", "invite"] as const;

describeEngine("the workspace's frequency cap", (engine) => {
  beforeAll(async () => {
    const publish = (id: string, purpose: Purpose) =>
      publishVersion(engine().db, { ...textDocument(id), purpose }, 1, NOW);
    for (const id of MARKETING) await publish(id, "marketing");
    await publish("receipt", "transactional");
  });
  beforeEach(() => engine().publish(INBOXES, { frequency_cap: CAP }));

  /** Enrolls the contact that was enrolled last in another sequence too. */
  async function also(t: EngineTest, sequence: string): Promise<string> {
    const now = t.h.clock.now();
    const schedule = waitingFor("a", now, now);
    return (await startOne(t.db, { sequence, contact: t.lastContact, schedule }, now))!;
  }

  const sentOf = (t: EngineTest) => t.h.sent.map(({ sequence }) => sequence).toSorted();

  test("the third waits until the first is a day old; nothing else waits", async () => {
    const t = engine();
    await t.enroll("offer");
    await t.h.drain();
    t.h.clock.advance({ hours: 1 });
    await also(t, "news");
    const third = await also(t, "invite");
    const receipt = await also(t, "receipt");
    await t.h.drain();
    expect(t.h.sent).toHaveLength(3);
    expect(await t.read(receipt)).toMatchObject({ step_id: "b" });
    const waiting = await t.db
      .selectFrom("enrollments")
      .select(["sequence_id", "next_due_at"])
      .where("contact_id", "=", t.lastContact)
      .where("step_id", "=", "a")
      .execute();
    expect(waiting).toHaveLength(1);
    expect(waiting[0]!.next_due_at!.getTime()).toBe(NOW + DAY);
    expect(await t.messagesOf(third)).toHaveLength(waiting[0]!.sequence_id === "invite" ? 0 : 1);
  });

  test("a place that is free again is taken", async () => {
    const t = engine();
    await t.publish(INBOXES, { frequency_cap: { messages: 1, per: { n: 1, unit: "hour" } } });
    await t.enroll("offer");
    const second = await also(t, "news");
    const third = await also(t, "invite");
    await t.h.drain();
    expect(t.h.sent).toHaveLength(1);
    for (let i = 0; i < 3; i += 1) {
      t.h.clock.advance({ hours: 1 });
      await t.h.drain();
    }
    expect(sentOf(t)).toEqual([...MARKETING].toSorted());
    const at = await Promise.all(
      [second, third].map(async (id) => (await t.messagesOf(id))[0]!.sent_at!.getTime() - NOW),
    );
    expect(at.toSorted((a, b) => a - b)).toEqual([3_600_000, 7_200_000]);
  });

  test("holds when chunks with the same person are carried at the same moment", async () => {
    const t = engine();
    await t.publish(INBOXES, { frequency_cap: { messages: 1, per: { n: 1, unit: "day" } } });
    const people = 4;
    for (let i = 0; i < people; i += 1) {
      await t.enroll("offer");
      const chunks = await t.h.claim();
      await also(t, "news");
      chunks.push(...(await t.h.claim()));
      await also(t, "invite");
      chunks.push(...(await t.h.claim()));
      await Promise.all(chunks.map((chunk) => t.h.execute(chunk)));
    }
    const to = t.h.sent.map((one) => one.to);
    expect(to).toHaveLength(people);
    expect(new Set(to).size).toBe(people);
  });

  test("without a cap everything goes", async () => {
    const t = engine();
    await t.publish(INBOXES);
    await t.enroll("offer");
    for (const id of ["news", "invite"]) await also(t, id);
    await t.h.drain();
    expect(sentOf(t)).toEqual([...MARKETING].toSorted());
  });
});
