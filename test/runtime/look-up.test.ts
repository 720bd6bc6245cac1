import { expect, test } from "vitest";
import type { Sought } from "../../runtime/channels/channel.ts";
import { lookUpUnknown } from "../../runtime/look-up.ts";
import { inbox } from "../core/enrollment/fixtures.ts";
import { describeEngine, INBOXES, type EngineTest } from "../support/engine.ts";
import { silent } from "../support/harness.ts";

const LOST = { kind: "ambiguous", code: "ECONNRESET", message: "the answer was lost" } as const;

describeEngine("a send whose answer was lost, at a provider that can be asked", (engine) => {
  const asked: Sought[] = [];

  async function lookUp(t: EngineTest, found: readonly string[] | Error): Promise<void> {
    asked.splice(0);
    const channels = {
      ...t.h.execution.channels,
      async lookUp(_: unknown, sought: Sought) {
        asked.push(sought);
        if (found instanceof Error) throw found;
        return found;
      },
    };
    await lookUpUnknown({ ...t.h.execution, channels, log: silent });
  }
  async function lost(t: EngineTest): Promise<string> {
    await t.publish([
      ...INBOXES.filter(({ id }) => id !== "mail"),
      inbox("mail", "email", { provider: "twilio" }),
    ]);
    t.h.answer = LOST;
    const id = await t.enroll();
    await t.h.drain();
    expect(await t.read(id)).toMatchObject({ state: "held" });
    t.h.answer = { kind: "sent", providerId: null };
    return id;
  }

  test("is settled as sent where it is found, and its enrollment goes on", async () => {
    const t = engine();
    const id = await lost(t);
    await lookUp(t, ["SM1"]);
    expect(asked).toEqual([]);
    t.h.clock.advance({ minutes: 2 });
    await lookUp(t, ["SM1"]);
    expect(asked).toMatchObject([{ channel: "email", to: t.lastAddress, text: "Step a" }]);
    expect(await t.messagesOf(id)).toMatchObject([{ state: "sent", provider_id: "SM1" }]);
    expect(await t.read(id)).toMatchObject({ state: "active", step_id: "b" });
    expect(await t.historyOf(id)).toContain("settled");
    await lookUp(t, ["SM1"]);
    expect(asked).toEqual([]);
  });

  test.each([
    ["nothing is found", []],
    ["two are found", ["SM8", "SM9"]],
    ["it cannot be asked", new Error("down")],
  ])("stays unknown where %s", async (_, found) => {
    const t = engine();
    const id = await lost(t);
    t.h.clock.advance({ minutes: 2 });
    await lookUp(t, found);
    expect(asked).toHaveLength(1);
    expect(await t.messagesOf(id)).toMatchObject([{ state: "unknown" }]);
  });

  test("stays unknown where what is found is another message of ours", async () => {
    const t = engine();
    const id = await lost(t);
    const other = await t.enroll("fallback");
    await t.h.drain();
    await t.db
      .updateTable("messages")
      .set({ provider_id: "SM7", channel: "sms" })
      .where("enrollment_id", "=", other)
      .execute();
    t.h.clock.advance({ minutes: 2 });
    await lookUp(t, ["SM7"]);
    expect(await t.messagesOf(id)).toMatchObject([{ state: "unknown" }]);
  });

  test("is a person's to settle after an hour", async () => {
    const t = engine();
    await lost(t);
    t.h.clock.advance({ hours: 2 });
    await lookUp(t, ["SM1"]);
    expect(asked).toEqual([]);
  });
});
