import { expect, test } from "vitest";
import { describeEngine, NOW } from "../../support/engine.ts";

describeEngine("a clock that steps back", (engine) => {
  test("sends nothing again, and nothing before its time by the new clock", async () => {
    const t = engine();
    const id = await t.enroll();
    await t.h.drain();
    t.h.clock.advance({ hours: -3 });
    await t.h.drain();
    t.h.clock.set(NOW);
    t.h.clock.advance({ hours: 23, minutes: 59 });
    await t.h.drain();
    expect(t.h.sent.map((one) => one.step)).toEqual(["a"]);
    t.h.clock.advance({ minutes: 1 });
    await t.h.drain();
    expect(t.h.sent.map((one) => one.step)).toEqual(["a", "b"]);
    expect(await t.read(id)).toMatchObject({ state: "completed" });
  });

  test("between the claim and the send keeps the message back until it is due again", async () => {
    const t = engine();
    const id = await t.enroll();
    const [chunk] = await t.h.claim();
    t.h.clock.advance({ hours: -1 });
    await t.h.execute(chunk!);
    await t.h.drain();
    expect(t.h.sent).toEqual([]);
    expect(await t.read(id)).toMatchObject({ state: "active", chunk_id: null });
    t.h.clock.set(NOW);
    await t.h.drain();
    expect(t.h.sent).toHaveLength(1);
  });

  test("during the send records it as sent, and the next step counts from then", async () => {
    const t = engine();
    const id = await t.enroll();
    t.h.answer = () => {
      t.h.clock.advance({ hours: -1 });
      return { kind: "sent", providerId: null };
    };
    await t.h.drain();
    expect(await t.messagesOf(id)).toMatchObject([{ state: "sent" }]);
    const { step_id, next_due_at } = await t.read(id);
    expect(step_id).toBe("b");
    expect(next_due_at?.getTime()).toBe(NOW + 23 * 3_600_000);
  });
});
