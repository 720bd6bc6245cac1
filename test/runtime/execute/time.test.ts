import type { KyselyPlugin } from "kysely";
import { expect, test } from "vitest";
import { executeChunk } from "../../../runtime/execute/execute.ts";
import { describeEngine, INBOXES, NOW, type EngineTest } from "../../support/engine.ts";

const SENT = { kind: "sent", providerId: null } as const;
const DAY = 86_400_000;

describeEngine("time is looked at again before each wave", (engine) => {
  test("sending hours that end between two waves keep the second one back", async () => {
    const t = engine();
    const morning = [{ from: 8 * 60, to: 11 * 60 }];
    const days = { 1: morning, 2: morning, 3: morning, 4: [], 5: [], 6: [], 7: [] };
    await t.publish(INBOXES, { send_hours: { days, holidays: null } });
    const ids = [await t.enroll(), await t.enroll(), await t.enroll()];
    t.h.answer = () => {
      t.h.clock.set("2026-03-02T11:00:00Z");
      return SENT;
    };
    await t.h.drain();
    expect(t.h.sent).toHaveLength(2);
    const late = await unsent(t, ids);
    expect(late).toMatchObject({
      state: "active",
      step_id: "a",
      next_due_at: new Date("2026-03-03T08:00:00Z"),
    });
    expect(await t.historyOf(late.id)).toEqual(["enrolled", "scheduled", "rescheduled"]);
  });

  test("what expires between two waves is skipped", async () => {
    const t = engine();
    const ids = [await t.enroll(), await t.enroll(), await t.enroll()];
    t.h.answer = () => {
      t.h.clock.set(NOW + 2 * DAY);
      return SENT;
    };
    const [chunk] = await t.h.claim();
    await t.h.execute(chunk!);
    expect(t.h.sent).toHaveLength(2);
    const messages = (await Promise.all(ids.map((id) => t.messagesOf(id)))).flat();
    expect(messages.map((one) => one.reason)).toContain("expired");
  });
});

describeEngine("a worker whose clock is behind the dispatcher's", (engine) => {
  test("does not send early, and makes no history of waiting", async () => {
    const t = engine();
    const id = await t.enroll();
    const [chunk] = await t.h.claim();
    const slow = { ...t.h.execution, clock: { now: () => NOW - 3_000 } };
    await executeChunk(slow, chunk!, () => false);
    expect(t.h.sent).toEqual([]);
    expect(await t.read(id)).toMatchObject({ state: "active", next_due_at: new Date(NOW) });
    await t.h.drain();
    expect(t.h.sent).toHaveLength(1);
    expect(await t.historyOf(id)).toEqual(["enrolled", "scheduled", "sent"]);
  });
});

describeEngine("an acknowledgement that is lost", (engine) => {
  test.each([
    ["of the intents", ["fenced as ("]],
    ["of the results", ["results as ("]],
    ["of one wave's results and the next one's intents", ["results as (", "fenced as ("]],
  ])("%s leaves nothing unknown and sends nothing twice", async (_, parts) => {
    const t = engine();
    const ids = [await t.enroll(), await t.enroll(), await t.enroll()];
    const [chunk] = await t.h.claim();
    const connection = losesAcknowledgement(parts);
    const db = t.db.withPlugin(connection);
    await executeChunk({ ...t.h.execution, db }, chunk!, () => false);
    expect(connection.isLost).toBe(true);
    expect(t.h.sent).toHaveLength(ids.length);
    for (const id of ids) {
      expect(await t.messagesOf(id)).toMatchObject([{ state: "sent" }]);
      expect(await t.read(id)).toMatchObject({ state: "active", step_id: "b", chunk_id: null });
      expect(await t.historyOf(id)).toEqual(["enrolled", "scheduled", "sent"]);
    }
  });
});

/** The connection breaks once, after a statement of these parts was carried out and before its answer came. */
function losesAcknowledgement(
  parts: readonly string[],
): KyselyPlugin & { readonly isLost: boolean } {
  const waiting = new WeakSet<object>();
  let isLost = false;
  return {
    get isLost() {
      return isLost;
    },
    transformQuery({ node, queryId }) {
      const statement = JSON.stringify(node);
      if (parts.every((part) => statement.includes(part))) waiting.add(queryId);
      return node;
    },
    async transformResult({ result, queryId }) {
      if (isLost || !waiting.has(queryId)) return result;
      isLost = true;
      throw Object.assign(new Error("connection lost"), { code: "08006" });
    },
  };
}

async function unsent(t: EngineTest, ids: readonly string[]) {
  const sent = new Set(t.h.sent.map((one) => one.enrollment));
  return t.read(ids.find((id) => !sent.has(id))!);
}
