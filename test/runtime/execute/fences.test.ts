import { expect, test } from "vitest";
import {
  exitEnrollments,
  pauseEnrollments,
  resumeEnrollments,
} from "../../../store/enrollments-control.ts";
import { beginRun } from "../../../store/claim.ts";
import { addHalt, removeHalt } from "../../../store/halts.ts";
import { newId } from "../../../store/ids.ts";
import { openIntents } from "../../../store/intents.ts";
import { iso } from "../../../store/placement.ts";
import { addSuppression } from "../../../store/suppressions.ts";
import { describeEngine, NOW, type EngineTest } from "../../support/engine.ts";
import { mailIntent } from "../../support/rows.ts";

const by = { by: "test" };
const SENT = { kind: "sent", providerId: null } as const;

describeEngine("the fence", (engine) => {
  test("a pause keeps the message back; resumed, it goes", async () => {
    const t = engine();
    const id = await t.enroll();
    const [chunk] = await t.h.claim();
    await pauseEnrollments(t.db, [id], by, NOW);
    await t.h.execute(chunk!);
    await t.h.drain();
    expect(t.h.sent).toEqual([]);
    expect(await t.read(id)).toMatchObject({ state: "paused", chunk_id: null });
    await resumeEnrollments(t.db, [id], by, NOW);
    await t.h.drain();
    expect(t.h.sent).toHaveLength(1);
  });

  test("an exit keeps the message back for good", async () => {
    const t = engine();
    const id = await t.enroll();
    const [chunk] = await t.h.claim();
    await exitEnrollments(t.db, [id], { ...by, reason: "reply" }, NOW);
    await t.h.execute(chunk!);
    await t.h.drain();
    expect(t.h.sent).toEqual([]);
    expect(await t.messagesOf(id)).toEqual([]);
  });

  test("an opt-out exits, whatever the address's letters look like", async () => {
    const t = engine();
    const id = await t.enroll("welcome", { email: "Ana.Opted@Example.com" });
    const [chunk] = await t.h.claim();
    const address = "ana.opted@example.com";
    await addSuppression(t.db, { channel: "email", address, purpose: "all", reason: "stop" }, NOW);
    await t.h.execute(chunk!);
    expect(t.h.sent).toEqual([]);
    expect(await t.read(id)).toMatchObject({ state: "exited", reason: "opted_out" });
  });

  test.each(["all", "sequence:welcome", "sequence:welcome@1", "inbox:mail"])(
    "a halt of %s parks the enrollment until it is lifted",
    async (scope) => {
      const t = engine();
      const id = await t.enroll();
      const [chunk] = await t.h.claim();
      await addHalt(t.db, scope, "test", NOW);
      await t.h.execute(chunk!);
      await t.h.drain();
      expect(t.h.sent).toEqual([]);
      expect(await t.read(id)).toMatchObject({ state: "active", parked_by: scope, chunk_id: null });
      await t.db.transaction().execute((trx) => removeHalt(trx, scope, "test", NOW));
      await t.h.drain();
      expect(t.h.sent).toHaveLength(1);
      expect(await t.historyOf(id)).toEqual([
        "enrolled",
        "scheduled",
        "halted",
        "unhalted",
        "sent",
      ]);
    },
  );

  test.each(["sequence:other", "sequence:welcome@2", "sequence:welcom", "inbox:text"])(
    "a halt of %s is none of its business",
    async (scope) => {
      const t = engine();
      await t.enroll();
      await addHalt(t.db, scope, "test", NOW);
      await t.h.drain();
      expect(t.h.sent).toHaveLength(1);
    },
  );

  test.each([
    ["a halt", (t: EngineTest) => addHalt(t.db, "inbox:mail", "test", NOW)],
    [
      "an opt-out",
      (t: EngineTest) =>
        addSuppression(
          t.db,
          { channel: "email", address: t.lastAddress, purpose: "all", reason: "stop" },
          NOW,
        ),
    ],
  ])("%s that comes after the decision is caught by the fence", async (_, event) => {
    const t = engine();
    const ids = [await t.enroll(), await t.enroll(), await t.enroll()];
    t.h.answer = async () => {
      await event(t);
      return SENT;
    };
    await t.h.drain();
    // The first wave of two was under way; the third message was not opened.
    expect(new Set(t.h.sent.map((one) => one.enrollment))).toEqual(new Set(ids.slice(0, 2)));
    expect(await t.messagesOf(ids[2]!)).toEqual([]);
  });

  test("an attempt that was made already is not made again, and does not spin", async () => {
    const t = engine();
    const id = await t.enroll();
    const at = iso(NOW);
    const attempt = { enrollment_id: id, step_id: "a", attempt: 1, state: "failed" } as const;
    const times = { due_at: at, created_at: at, updated_at: at };
    await t.db
      .insertInto("messages")
      .values({ ...attempt, ...times, id: newId(NOW) })
      .execute();
    await t.h.drain();
    expect(t.h.sent).toEqual([]);
    expect(await t.read(id)).toMatchObject({
      state: "active",
      chunk_id: null,
      next_due_at: new Date(NOW + 5_000),
    });
  });

  test("a pause during the send keeps the result and the new place", async () => {
    const t = engine();
    const id = await t.enroll();
    t.h.answer = async () => {
      await pauseEnrollments(t.db, [id], by, NOW);
      return SENT;
    };
    await t.h.drain();
    expect(await t.read(id)).toMatchObject({ state: "paused", step_id: "b", chunk_id: null });
    expect(await t.messagesOf(id)).toMatchObject([{ state: "sent" }]);
  });

  test("a pause during the last send leaves nothing to pause", async () => {
    const t = engine();
    const id = await t.enroll();
    await t.h.drain();
    t.h.clock.advance({ days: 1 });
    t.h.answer = async () => {
      await pauseEnrollments(t.db, [id], by, NOW);
      return SENT;
    };
    await t.h.drain();
    expect(await t.read(id)).toMatchObject({ state: "completed", step_id: null });
  });

  test("an exit during the send keeps the result and stays an exit", async () => {
    const t = engine();
    const id = await t.enroll();
    await t.h.drain();
    t.h.clock.advance({ days: 1 });
    t.h.answer = async () => {
      await exitEnrollments(t.db, [id], { ...by, reason: "reply" }, NOW);
      return SENT;
    };
    await t.h.drain();
    expect(await t.read(id)).toMatchObject({ state: "exited", reason: "reply" });
    expect(await t.messagesOf(id)).toMatchObject([{ state: "sent" }, { state: "sent" }]);
    // It ended by the exit: that its last step went out does not complete it.
    expect(await t.historyOf(id)).toEqual(["enrolled", "scheduled", "sent", "exited", "sent"]);
  });
});

describeEngine(
  "while another connection changes the row",
  (engine) => {
    test.each([
      ["pause", pauseEnrollments],
      ["exit", exitEnrollments],
    ])("the fence waits for a %s that is not committed yet", async (_, change) => {
      const t = engine();
      const id = await t.enroll();
      const [chunk] = await t.h.claim();
      const trx = await t.db.startTransaction().execute();
      await change(trx, [id], { ...by, reason: "test" }, NOW);
      // The chunk is loaded and decided while the row is still active to everyone else.
      const executing = t.h.execute(chunk!);
      await t.waitsForLock();
      await trx.commit().execute();
      await executing;
      expect(t.h.sent).toEqual([]);
    });

    test("two runs of a chunk at once send each message once", async () => {
      const t = engine();
      const ids: string[] = [];
      for (let i = 0; i < 20; i++) ids.push(await t.enroll());
      const [chunk] = await t.h.claim();
      await Promise.all([t.h.execute(chunk!), t.h.execute(chunk!), t.h.execute(chunk!)]);
      await t.h.drain();
      const enrollments = t.h.sent.map((one) => one.enrollment);
      expect(new Set(enrollments).size).toBe(enrollments.length);
      const rows = await Promise.all(ids.map((id) => t.messagesOf(id)));
      expect(rows.flat().every((row) => row.state === "sent" || row.state === "unknown")).toBe(
        true,
      );
    });

    test("a run that looks for an earlier one while that records its results survives a deadlock", async () => {
      const t = engine();
      const id = await t.enroll();
      const [chunk] = await t.h.claim();
      const earlier = { chunkId: chunk!, number: 100 };
      await beginRun(t.db, chunk!);
      await openIntents(t.db, earlier, [mailIntent(id, "a", NOW)], NOW);
      // The earlier run has its message and wants its enrollment, as `finishWave` does.
      const trx = await t.db.startTransaction().execute();
      await trx.selectFrom("messages").where("enrollment_id", "=", id).forUpdate().execute();
      const executing = t.h.execute(chunk!);
      await t.waitsForLock();
      await trx.selectFrom("enrollments").where("id", "=", id).forUpdate().execute();
      await trx.commit().execute();
      await executing;
      expect(await t.messagesOf(id)).toMatchObject([{ state: "unknown" }]);
    });

    test("a run that waited for another's messages leaves them to it", async () => {
      const t = engine();
      const [first, second] = [await t.enroll(), await t.enroll()];
      const [chunk] = await t.h.claim();
      const other = { chunkId: chunk!, number: 100 };
      const trx = await t.db.startTransaction().execute();
      await openIntents(trx, other, [mailIntent(first, "a", NOW)], NOW);
      const executing = t.h.execute(chunk!);
      await t.waitsForLock();
      await trx.commit().execute();
      await executing;
      expect(t.h.sent.map((one) => one.enrollment)).toEqual([second]);
      expect(await t.messagesOf(first)).toMatchObject([{ state: "sending", run: other.number }]);
    });

    test("two dispatchers at once claim everything, and nothing twice", async () => {
      const t = engine();
      for (let i = 0; i < 40; i++) await t.enroll();
      const chunks = (await Promise.all([t.h.claim(), t.h.claim(), t.h.claim()])).flat();
      for (const chunk of chunks) await t.h.execute(chunk);
      expect(t.h.sent).toHaveLength(40);
    });
  },
  ["PostgreSQL"],
);
