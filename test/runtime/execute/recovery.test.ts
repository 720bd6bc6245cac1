import { expect, test } from "vitest";
import { CHUNKS, startQueues } from "../../../runtime/queues.ts";
import { beginRun } from "../../../store/claim.ts";
import { openIntents } from "../../../store/intents.ts";
import { recoverRedelivered, recoverStranded } from "../../../store/recover.ts";
import { pauseEnrollments } from "../../../store/enrollments-control.ts";
import { inbox } from "../../core/enrollment/fixtures.ts";
import { describeEngine, NOW, type EngineTest } from "../../support/engine.ts";
import { silent } from "../../support/harness.ts";
import { mailIntent } from "../../support/rows.ts";

let runs = 100;
/** One that nobody else makes of the chunk. */
const runOf = (chunkId: string) => ({ chunkId, number: (runs += 1) });

/** Opens an enrollment's send as a runner does that is lost right after it. */
async function begin(t: EngineTest, run: ReturnType<typeof runOf>, enrollment: string) {
  await beginRun(t.db, run.chunkId);
  const intent = mailIntent(enrollment, "a", NOW);
  return [...(await openIntents(t.db, run, [intent], NOW)).keys()];
}

/** One round of the sweeper, beside a queue that exists. */
async function sweep(t: EngineTest): Promise<number> {
  const queues = await startQueues(t.database, silent);
  await queues.stop(1000);
  return recoverStranded(t.db, CHUNKS, NOW);
}

describeEngine("recovery", (engine) => {
  test("what an earlier run had begun becomes unknown; the rest is sent", async () => {
    const t = engine();
    const [first, second] = [await t.enroll(), await t.enroll()];
    const [chunk] = await t.h.claim();
    expect(await begin(t, runOf(chunk!), first)).toEqual([first]);
    await t.h.execute(chunk!);
    expect(t.h.sent.map((one) => one.enrollment)).toEqual([second]);
    expect(await t.read(first)).toMatchObject({ state: "held", chunk_id: null });
    expect(await t.messagesOf(first)).toMatchObject([{ state: "unknown" }]);
    expect(await t.historyOf(first)).toEqual(["enrolled", "scheduled", "unknown"]);
  });

  test("a late finish of the earlier run settles what was left open", async () => {
    const t = engine();
    const id = await t.enroll();
    const [chunk] = await t.h.claim();
    t.h.answer = async () => {
      await recoverRedelivered(t.db, runOf(chunk!), NOW);
      expect(await t.read(id)).toMatchObject({ state: "held" });
      return { kind: "sent", providerId: "after all" };
    };
    await t.h.execute(chunk!);
    expect(await t.messagesOf(id)).toMatchObject([{ state: "sent", provider_id: "after all" }]);
    expect(await t.read(id)).toMatchObject({ state: "active", step_id: "b" });
  });

  test("a late finish that sent spares the resend", async () => {
    const t = engine();
    await t.publish([inbox("mail", "email", { on_unknown: "resend" })]);
    const id = await t.enroll();
    const [chunk] = await t.h.claim();
    t.h.answer = async () => {
      await recoverRedelivered(t.db, runOf(chunk!), NOW);
      expect(await t.read(id)).toMatchObject({ state: "active", attempt: 2, chunk_id: null });
      return { kind: "sent", providerId: null };
    };
    await t.h.execute(chunk!);
    expect(await t.read(id)).toMatchObject({ state: "active", step_id: "b", attempt: 1 });
    await t.h.drain();
    expect(t.h.sent).toHaveLength(1);
  });

  test("a second run opens nothing that the first has opened; the same run may ask twice", async () => {
    const t = engine();
    const id = await t.enroll();
    const [chunk] = await t.h.claim();
    const run = runOf(chunk!);
    expect(await begin(t, run, id)).toEqual([id]);
    expect(await begin(t, run, id)).toEqual([id]);
    expect(await begin(t, runOf(chunk!), id)).toEqual([]);
    expect(await t.messagesOf(id)).toHaveLength(1);
  });

  test("a run that must stop gives the rest back to waiting", async () => {
    const t = engine();
    const ids = [await t.enroll(), await t.enroll(), await t.enroll()];
    const [chunk] = await t.h.claim();
    await t.h.execute(chunk!, () => t.h.sent.length > 0);
    expect(t.h.sent).toHaveLength(2);
    const rows = await Promise.all(ids.map((id) => t.read(id)));
    expect(rows.map((row) => row.chunk_id)).toEqual([null, null, null]);
    await t.h.drain();
    expect(new Set(t.h.sent.map((one) => one.enrollment))).toEqual(new Set(ids));
    expect(t.h.sent).toHaveLength(3);
  });

  test("rows of a chunk without a job go back to waiting; what had begun is unknown; a pause stays", async () => {
    const t = engine();
    const ids = [await t.enroll(), await t.enroll(), await t.enroll()];
    const [chunk] = await t.h.claim();
    await begin(t, runOf(chunk!), ids[0]!);
    await pauseEnrollments(t.db, [ids[1]!], { by: "test" }, NOW);
    expect(await sweep(t)).toBe(3);
    expect(await t.read(ids[0]!)).toMatchObject({ state: "held", chunk_id: null });
    expect(await t.read(ids[1]!)).toMatchObject({ state: "paused", chunk_id: null });
    await t.h.drain();
    expect(t.h.sent.map((one) => one.enrollment)).toEqual([ids[2]]);
    expect(await sweep(t)).toBe(0);
  });

  test("a chunk whose job lives is left alone", async () => {
    const t = engine();
    const id = await t.enroll();
    const [chunk] = await t.h.claim();
    const queues = await startQueues(t.database, silent);
    await t.db.transaction().execute((trx) => queues.sendChunk(trx, chunk!));
    await queues.stop(1000);
    expect(await recoverStranded(t.db, CHUNKS, NOW)).toBe(0);
    expect(await t.read(id)).toMatchObject({ chunk_id: chunk });
  });

  test("a row that chunks are lost with gets a chunk of its own, and is held in the end", async () => {
    const t = engine();
    const [poison, well] = [await t.enroll(), await t.enroll()];
    await t.db.updateTable("enrollments").set({ strandings: 3 }).where("id", "=", poison).execute();
    expect(await t.h.claim()).toHaveLength(2);
    const chunkOf = async (id: string) => (await t.read(id)).chunk_id;
    expect(await chunkOf(poison)).not.toBe(await chunkOf(well));
    for (let i = 0; i < 3; i++) {
      await sweep(t);
      await t.h.claim();
    }
    expect(await t.read(poison)).toMatchObject({
      state: "held",
      reason: expect.stringContaining("error"),
    });
    expect(await t.historyOf(poison)).toEqual(["enrolled", "scheduled", "held"]);
    expect(await t.read(well)).toMatchObject({ state: "active" });
  });

  test("what a chunk carried well is no longer suspect", async () => {
    const t = engine();
    const id = await t.enroll();
    await t.h.claim();
    await sweep(t);
    expect(await t.read(id)).toMatchObject({ strandings: 1 });
    await t.h.drain();
    expect(await t.read(id)).toMatchObject({ strandings: 0, step_id: "b" });
  });
});
