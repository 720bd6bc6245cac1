import { expect, test } from "vitest";
import { optOut, type OptOut } from "../../runtime/opt-out.ts";
import { pause } from "../../runtime/operate.ts";
import type { StepChannel } from "../../core/language/document.ts";
import { describeEngine, NOW, type EngineTest } from "../support/engine.ts";
import { publishVersion, textDocument } from "../support/rows.ts";

const SENT = { kind: "sent", providerId: null } as const;
const PHONE = "+15550100";

const stop = (t: EngineTest, ...optOuts: Partial<OptOut>[]) =>
  t.db.transaction().execute((trx) =>
    optOut(
      trx,
      t.h.execution.engine,
      (optOuts.length === 0 ? [{}] : optOuts).map((one) => ({
        channel: "email",
        address: t.lastAddress,
        purpose: "all",
        reason: "stop",
        ...one,
      })),
      t.h.clock.now(),
    ),
  );

describeEngine("an opt-out", (engine) => {
  test("ends at once what can no longer reach the address, and nothing else", async () => {
    const t = engine();
    const bystander = await t.enroll();
    const waiting = await t.enroll("welcome", { email: "Ana.Stops@Example.com" });
    await t.h.drain();
    const [result] = await stop(t, { address: "ana.stops@example.com" });
    expect(result).toMatchObject({ created: true, suppression: { purpose: "all" } });
    expect(await t.read(waiting)).toMatchObject({ state: "exited", reason: "opted_out" });
    expect((await t.historyOf(waiting)).slice(-1)).toEqual(["exited"]);
    expect(await t.read(bystander)).toMatchObject({ state: "active" });
    expect(await stop(t, { address: "ana.stops@example.com" })).toMatchObject([{ created: false }]);
  });

  test("ends what is paused and what is held", async () => {
    const t = engine();
    const paused = await t.enroll();
    await pause(t.db, paused, "test", NOW);
    await stop(t);
    expect(await t.read(paused)).toMatchObject({ state: "exited" });

    const held = await t.enroll();
    t.h.answer = { kind: "ambiguous", code: "timeout", message: "" };
    await t.h.drain();
    expect(await t.read(held)).toMatchObject({ state: "held" });
    await stop(t);
    expect(await t.read(held)).toMatchObject({ state: "exited", reason: "opted_out" });
  });

  test("of marketing leaves transactional messages alone", async () => {
    const t = engine();
    const marketing = { ...textDocument("news"), purpose: "marketing" } as const;
    await publishVersion(t.db, marketing, 1, NOW);
    const transactional = await t.enroll();
    await stop(t, { purpose: "marketing" });
    expect(await t.read(transactional)).toMatchObject({ state: "active" });
    const news = await t.enroll("news");
    await stop(t, { purpose: "marketing" });
    expect(await t.read(news)).toMatchObject({ state: "exited" });
  });

  test("on one channel leaves a step alone that may take another", async () => {
    const t = engine();
    await publishVersion(t.db, by("anyhow", "automatic"), 1, NOW);
    const id = await t.enroll("anyhow", { phone: PHONE });
    await stop(t);
    expect(await t.read(id)).toMatchObject({ state: "active" });
    await stop(t, { channel: "sms", address: PHONE }, { channel: "whatsapp", address: PHONE });
    expect(await t.read(id)).toMatchObject({ state: "exited", reason: "opted_out" });
  });

  test("during the send keeps its result, and nothing follows", async () => {
    const t = engine();
    const id = await t.enroll();
    t.h.answer = async () => {
      await stop(t);
      return SENT;
    };
    await t.h.drain();
    t.h.clock.advance({ days: 1 });
    await t.h.drain();
    expect(await t.messagesOf(id)).toMatchObject([{ step_id: "a", state: "sent" }]);
    expect(await t.read(id)).toMatchObject({ state: "exited", reason: "opted_out" });
  });

  test("of an address that nobody has is kept for later", async () => {
    const t = engine();
    await stop(t, { address: "later@example.com" });
    const id = await t.enroll("welcome", { email: "later@example.com" });
    await t.h.drain();
    expect(t.h.sent).toEqual([]);
    expect(await t.read(id)).toMatchObject({ state: "exited", reason: "opted_out" });
  });
});

function by(id: string, channel: StepChannel) {
  const document = textDocument(id);
  return { ...document, steps: document.steps.map((step) => ({ ...step, channel })) };
}
