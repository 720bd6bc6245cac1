import { expect, test } from "vitest";
import { mergeEntity } from "../../../runtime/merge-entity.ts";
import { readEnrollment } from "../../../store/enrollments-read.ts";
import { listRecentMessages } from "../../../store/overview.ts";
import { DAY } from "../../core/enrollment/fixtures.ts";
import { describeEngine, NOW } from "../../support/engine.ts";
import { publishVersion, textDocument } from "../../support/rows.ts";

describeEngine("carrying enrollments", (engine) => {
  test("steps are sent when due and not before, and the sequence completes", async () => {
    const t = engine();
    const id = await t.enroll();
    await t.h.drain();
    expect(t.h.sent.map((one) => one.step)).toEqual(["a"]);
    t.h.clock.advance({ hours: 23, minutes: 59 });
    await t.h.drain();
    expect(t.h.sent).toHaveLength(1);
    t.h.clock.advance({ minutes: 1 });
    await t.h.drain();
    expect(t.h.sent.map((one) => one.step)).toEqual(["a", "b"]);
    expect(await t.read(id)).toMatchObject({ state: "completed", step_id: null, chunk_id: null });
    expect(await t.historyOf(id)).toEqual(["enrolled", "scheduled", "sent", "sent", "completed"]);
    const address = t.lastAddress;
    expect(await t.messagesOf(id)).toMatchObject([
      { step_id: "a", state: "sent", provider_id: "p1", subject: "Hello", body: "Step a", address },
      { step_id: "b", state: "sent" },
    ]);
  });

  test("why a message went by its channel is told wherever it is read", async () => {
    const t = engine();
    const id = await t.enroll();
    await t.h.drain();
    const reason = "the step asks for email";
    const detail = await readEnrollment(t.db, id);
    const sent = detail?.history.find(({ type }) => type === "sent");
    const [listed] = await listRecentMessages(t.db, { after: null, limit: 1 });
    expect([detail?.messages[0]?.reason, sent?.data["reason"], listed?.reason]).toEqual([
      reason,
      reason,
      reason,
    ]);
  });

  test("waves are no larger than the inbox's concurrency, and everyone is sent once", async () => {
    const t = engine();
    for (let i = 0; i < 7; i++) await t.enroll();
    let atOnce = 0;
    let most = 0;
    t.h.answer = async () => {
      most = Math.max(most, ++atOnce);
      await new Promise(setImmediate);
      atOnce -= 1;
      return { kind: "sent", providerId: null };
    };
    await t.h.drain();
    expect(most).toBe(2);
    expect(new Set(t.h.sent.map((one) => one.enrollment)).size).toBe(7);
    expect(t.h.sent).toHaveLength(7);
  });

  test("what comes too late is skipped as expired, and the next step counts from then", async () => {
    const t = engine();
    const id = await t.enroll();
    t.h.clock.advance({ days: 3 });
    await t.h.drain();
    expect(t.h.sent).toEqual([]);
    expect(await t.messagesOf(id)).toMatchObject([{ state: "skipped", reason: "expired" }]);
    expect(await t.read(id)).toMatchObject({
      step_id: "b",
      next_due_at: new Date(NOW + 4 * DAY),
    });
    expect(await t.historyOf(id)).toEqual(["enrolled", "scheduled", "skipped"]);
  });

  test("sending hours of this moment hold back what was due before they were set", async () => {
    const t = engine();
    const id = await t.enroll();
    const afternoon = [{ from: 14 * 60, to: 18 * 60 }];
    const days = { 1: afternoon, 2: [], 3: [], 4: [], 5: [], 6: [], 7: [] };
    await t.publish([], { send_hours: { days, holidays: null } });
    await t.h.drain();
    expect(t.h.sent).toEqual([]);
    expect(await t.read(id)).toMatchObject({ next_due_at: new Date("2026-03-02T14:00:00Z") });
    t.h.clock.set("2026-03-02T14:00:00Z");
    await t.h.drain();
    expect(t.h.sent).toHaveLength(1);
  });

  test("a blank variable holds the message back until it has a value", async () => {
    const t = engine();
    const [step] = textDocument("greeting", ["a"]).steps;
    const content = {
      type: "text",
      subject: "Hello",
      body: "Hi {{ contact.first_name }}",
    } as const;
    const document = { ...textDocument("greeting"), steps: [{ ...step!, content }] };
    await publishVersion(t.db, document, 1, NOW);
    const id = await t.enroll("greeting", { first_name: null });
    await t.h.drain();
    expect(t.h.sent).toEqual([]);
    expect(await t.read(id)).toMatchObject({
      state: "held",
      reason: "blank: contact.first_name",
      chunk_id: null,
    });
    const change = { type: "contact", id: t.lastContact, contactId: null } as const;
    await t.db
      .transaction()
      .execute((trx) =>
        mergeEntity(trx, t.h.execution.engine, { ...change, data: { first_name: "Bo" } }, NOW),
      );
    await t.h.drain();
    expect(t.h.sent.map((one) => one.text)).toEqual(["Hi Bo"]);
    expect(await t.historyOf(id)).toEqual([
      "enrolled",
      "scheduled",
      "held",
      "released",
      "sent",
      "completed",
    ]);
  });

  test("a date that changes during the send moves the step that follows it", async () => {
    const t = engine();
    const [first, second] = textDocument("trial").steps;
    const variable = "contact.custom.ends_on";
    const wait = { kind: "relative", n: 1, unit: "day", side: "before", variable } as const;
    const steps = [first!, { ...second!, wait, at: "09:00" }];
    await publishVersion(t.db, { ...textDocument("trial"), steps }, 1, NOW);
    const id = await t.enroll("trial", { custom: { ends_on: "2026-03-10" } });
    const change = { type: "contact", id: t.lastContact, contactId: null } as const;
    t.h.answer = async () => {
      const data = { custom: { ends_on: "2026-03-20" } };
      await t.db
        .transaction()
        .execute((trx) => mergeEntity(trx, t.h.execution.engine, { ...change, data }, NOW));
      return { kind: "sent", providerId: null };
    };
    await t.h.drain();
    expect(await t.read(id)).toMatchObject({
      step_id: "b",
      next_due_at: new Date("2026-03-19T09:00:00Z"),
      stale: false,
    });
  });

  test("an enrollment that cannot be decided is held alone, with the reason", async () => {
    const t = engine();
    const [broken, well] = [await t.enroll(), await t.enroll()];
    await t.db
      .updateTable("enrollments")
      .set({ step_id: "gone" })
      .where("id", "=", broken)
      .execute();
    await t.h.drain();
    expect(await t.read(broken)).toMatchObject({
      state: "held",
      reason: "error: welcome has no step gone",
    });
    expect(await t.read(well)).toMatchObject({ state: "active", step_id: "b" });
  });
});
