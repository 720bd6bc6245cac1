import { expect, test } from "vitest";
import type { CanonicalDocument } from "../../../core/language/document.ts";
import type { SendResult } from "../../../core/enrollment/index.ts";
import { executeChunk } from "../../../runtime/execute/execute.ts";
import { iso } from "../../../store/placement.ts";
import { approved, inbox } from "../../core/enrollment/fixtures.ts";
import { describeEngine, INBOXES, NOW, type EngineTest } from "../../support/engine.ts";
import { publishVersion, textDocument } from "../../support/rows.ts";

const outside: SendResult = {
  kind: "permanent",
  code: "131047",
  message: "more than 24 hours",
  means: "outside_window",
};

/** Step `a` by WhatsApp, with a template for when the window is closed. */
function chat(id: string): CanonicalDocument {
  const document = textDocument(id);
  const outside_window = { candidates: [approved], parameters: ["Ana", "42"] };
  const [first, ...others] = document.steps;
  return { ...document, steps: [{ ...first!, channel: "whatsapp", outside_window }, ...others] };
}

async function wroteAt(t: EngineTest, at: number): Promise<void> {
  await t.db
    .insertInto("targets")
    .values({
      type: "conversation",
      id: `v-${t.lastContact}`,
      contact_id: t.lastContact,
      data: JSON.stringify({ inbox: "wa", status: "open", last_inbound_at: iso(at) }),
      updated_at: iso(at),
    })
    .execute();
}

describeEngine("what a refusal teaches", (engine) => {
  test("a window that only the provider knows to be closed: the template goes, and once", async () => {
    const t = engine();
    await publishVersion(t.db, chat("window"), 1, NOW);
    const id = await t.enroll("window");
    await wroteAt(t, NOW - 3_600_000);
    const tried: boolean[] = [];
    t.h.answer = ({ template }) => {
      tried.push(template !== null);
      return template === null ? outside : { kind: "sent", providerId: "wamid" };
    };
    await t.h.drain();
    expect(tried).toEqual([false, true]);
    expect(await t.messagesOf(id)).toMatchObject([
      { state: "failed", attempt: 1, error_code: "131047", template: null },
      { state: "sent", attempt: 2, template: { id: "notice" } },
    ]);
    expect(await t.read(id)).toMatchObject({ state: "active", step_id: "b" });
  });

  test("a template that is refused as outside the window is not tried for ever", async () => {
    const t = engine();
    await publishVersion(t.db, chat("never"), 1, NOW);
    const id = await t.enroll("never");
    t.h.answer = outside;
    await t.h.drain();
    expect(await t.messagesOf(id)).toMatchObject([{ state: "failed", template: { id: "notice" } }]);
  });

  test("a template that somebody must mend holds the step, and goes when it is released", async () => {
    const t = engine();
    await publishVersion(t.db, chat("mend"), 1, NOW);
    const id = await t.enroll("mend");
    const message = "Template is paused";
    t.h.answer = { kind: "permanent", code: "132015", message, means: "template" };
    await t.h.drain();
    expect(await t.read(id)).toMatchObject({
      state: "held",
      step_id: "a",
      attempt: 2,
      reason: "template: Template is paused",
    });
    expect(await t.historyOf(id)).toEqual(expect.arrayContaining(["attempt_failed", "held"]));
  });

  test.each([
    ["opted_out", "all"],
    ["opted_out_of_marketing", "marketing"],
  ] as const)("%s: the address is suppressed for %s", async (means, purpose) => {
    const t = engine();
    const id = await t.enroll("fallback", { phone: "+15550177" });
    const refused = { kind: "permanent", code: "21610", message: "unsubscribed", means } as const;
    t.h.answer = ({ channel }) =>
      channel === "email" ? refused : { kind: "sent", providerId: "p" };
    await t.h.drain();
    const suppressions = t.db.selectFrom("suppressions").select(["channel", "address", "purpose"]);
    expect(await suppressions.execute()).toEqual([
      { channel: "email", address: t.lastAddress, purpose },
    ]);
    // The fallback reaches them still: the enrollment is not ended by it.
    expect(await t.messagesOf(id)).toMatchObject([
      { state: "failed", channel: "email" },
      { state: "sent", channel: "sms" },
    ]);
  });

  test("an opt-out that one wave learns of stops the next one", async () => {
    const t = engine();
    const email = "no-more@example.com";
    for (let i = 0; i < 3; i += 1) await t.enroll("welcome", { email });
    let asked = 0;
    t.h.answer = () => {
      asked += 1;
      return { kind: "permanent", code: "21610", message: "unsubscribed", means: "opted_out" };
    };
    await t.h.drain();
    expect(asked).toBe(2);
  });

  test("nobody gets two messages from a number at Meta within six seconds", async () => {
    const t = engine();
    await t.publish([
      ...INBOXES.filter(({ id }) => id !== "wa"),
      inbox("wa", "whatsapp", { provider: "meta" }),
    ]);
    await publishVersion(t.db, chat("pair"), 1, NOW);
    const ids = [];
    for (let i = 0; i < 3; i += 1) ids.push(await t.enroll("pair", { phone: "+15550188" }));
    const other = await t.enroll("pair", { phone: "+15550189" });
    const at: number[] = [];
    t.h.answer = ({ to }) => {
      if (to === "+15550188") at.push(t.h.clock.now() - NOW);
      return { kind: "sent", providerId: "wamid" };
    };
    await t.h.drain();
    expect((await t.messagesOf(other))[0]).toMatchObject({ state: "sent" });
    expect(at).toEqual([0]);
    for (let i = 0; i < 4; i += 1) {
      t.h.clock.advance({ seconds: 3 });
      await t.h.drain();
    }
    expect(at).toEqual([0, 6_000, 12_000]);
    for (const id of ids) expect(await t.messagesOf(id)).toMatchObject([{ state: "sent" }]);
  });

  test("and not by two processes that look at the same moment either", async () => {
    const t = engine();
    await t.publish([
      ...INBOXES.filter(({ id }) => id !== "wa"),
      inbox("wa", "whatsapp", { provider: "meta" }),
    ]);
    await publishVersion(t.db, chat("pairs"), 1, NOW);
    const chunks: string[] = [];
    for (let i = 0; i < 2; i += 1) {
      await t.enroll("pairs", { phone: "+15550166" });
      chunks.push(...(await t.h.claim()));
    }
    let looked = 0;
    let go!: () => void;
    const both = new Promise<void>((resolve) => (go = resolve));
    const { limits } = t.h.execution;
    const execution = {
      ...t.h.execution,
      limits: {
        ...limits,
        async take(...given: Parameters<typeof limits.take>) {
          if ((looked += 1) === 2) go();
          await both;
          return limits.take(...given);
        },
      },
    };
    await Promise.all(chunks.map((chunk) => executeChunk(execution, chunk, () => false)));
    expect(t.h.sent).toHaveLength(1);
    t.h.clock.advance({ seconds: 6 });
    await t.h.drain();
    expect(t.h.sent).toHaveLength(2);
  });
});
