import { sql } from "kysely";
import { expect, test } from "vitest";
import { exitEnrollments } from "../../../store/enrollments-control.ts";
import { recoverStranded } from "../../../store/recover.ts";
import { addSuppression } from "../../../store/suppressions.ts";
import { skip } from "../../../runtime/operate.ts";
import { CHUNKS, startQueues } from "../../../runtime/queues.ts";
import { inbox } from "../../core/enrollment/fixtures.ts";
import { describeEngine, NOW, type EngineTest } from "../../support/engine.ts";
import { silent } from "../../support/harness.ts";

const SENT = { kind: "sent", providerId: null } as const;
const RETRY = { kind: "retry", code: "421", message: "try later" } as const;
const AMBIGUOUS = { kind: "ambiguous", code: "timeout", message: "no answer" } as const;

describeEngine("failures by their consequence", (engine) => {
  test("retry: the next attempt comes after a pause", async () => {
    const t = engine();
    const id = await t.enroll();
    t.h.answer = RETRY;
    await t.h.drain();
    const next_due_at = new Date(NOW + 60_000);
    expect(await t.read(id)).toMatchObject({ state: "active", attempt: 2, next_due_at });
    t.h.answer = SENT;
    t.h.clock.advance({ minutes: 1 });
    await t.h.drain();
    expect(await t.messagesOf(id)).toMatchObject([
      { attempt: 1, state: "failed", error_code: "421", error: "try later" },
      { attempt: 2, state: "sent", error_code: null },
    ]);
    expect(await t.historyOf(id)).toEqual(["enrolled", "scheduled", "attempt_failed", "sent"]);
  });

  test("retry, again and again: the pauses grow, and the sequence goes on at last", async () => {
    const t = engine();
    const id = await t.enroll();
    t.h.answer = RETRY;
    await t.h.drain();
    const pauses: number[] = [];
    for (let row = await t.read(id); row.step_id === "a"; row = await t.read(id)) {
      pauses.push((row.next_due_at!.getTime() - t.h.clock.now()) / 60_000);
      t.h.clock.set(row.next_due_at!.getTime());
      await t.h.drain();
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16]);
    expect(await t.read(id)).toMatchObject({ state: "active", step_id: "b", attempt: 1 });
    expect((await t.historyOf(id)).slice(-2)).toEqual(["attempt_failed", "step_failed"]);
  });

  test("exhausted: the fallback channel takes over; where it fails too, the enrollment ends", async () => {
    const t = engine();
    const id = await t.enroll("fallback");
    t.h.answer = ({ channel }) =>
      channel === "email" ? RETRY : { kind: "permanent", code: "21211", message: "bad number" };
    await t.h.drain();
    t.h.clock.advance({ minutes: 2 });
    await t.h.drain();
    expect(await t.messagesOf(id)).toMatchObject([
      { attempt: 1, channel: "email", state: "failed" },
      { attempt: 2, channel: "email", state: "failed" },
      { attempt: 3, channel: "sms", state: "failed", error_code: "21211" },
    ]);
    expect(await t.read(id)).toMatchObject({ state: "failed", reason: "21211" });
    const tail = ["attempt_failed", "attempt_failed", "attempt_failed", "step_failed", "failed"];
    expect(await t.historyOf(id)).toEqual(["enrolled", "scheduled", ...tail]);
  });

  test("no address at all: recorded, the fallback tried, and the sequence ends as it says", async () => {
    const t = engine();
    const id = await t.enroll("fallback", { email: null, phone: null });
    await t.h.drain();
    expect(await t.messagesOf(id)).toMatchObject([
      { state: "failed", error_code: "no_address" },
      { state: "failed", error_code: "no_address" },
    ]);
    expect(await t.read(id)).toMatchObject({ state: "failed", reason: "no_address" });
    const tail = ["attempt_failed", "step_failed", "failed"];
    expect(await t.historyOf(id)).toEqual(["enrolled", "scheduled", ...tail]);
  });

  test("snooze: the same attempt, later, and no event for it", async () => {
    const t = engine();
    const id = await t.enroll();
    t.h.answer = { kind: "snooze", code: "429", message: "slow down", afterMs: 30_000 };
    await t.h.drain();
    expect(await t.messagesOf(id)).toMatchObject([
      { attempt: 1, state: "pending", error_code: "429" },
    ]);
    t.h.answer = { kind: "sent", providerId: "late" };
    t.h.clock.advance({ minutes: 1 });
    await t.h.drain();
    expect(await t.messagesOf(id)).toMatchObject([
      { attempt: 1, state: "sent", provider_id: "late", error_code: null },
    ]);
    expect(await t.historyOf(id)).toEqual(["enrolled", "scheduled", "sent"]);
  });

  test.each<[string, (t: EngineTest, id: string) => Promise<unknown>]>([
    ["exited", (t, id) => exitEnrollments(t.db, [id], { by: "test", reason: "manual" }, NOW)],
    ["skipped", (t, id) => skip(t.db, t.h.execution.engine, id, "test", NOW)],
    ["opted out", (t) => optOutAndWait(t)],
  ])("what was snoozed is not pending any more once its enrollment is %s", async (_, end) => {
    const t = engine();
    const id = await t.enroll();
    t.h.answer = { kind: "snooze", code: "429", message: "slow down", afterMs: 30_000 };
    await t.h.drain();
    await end(t, id);
    expect(await t.messagesOf(id)).toMatchObject([{ step_id: "a", attempt: 1, state: "skipped" }]);
    expect(t.h.sent).toEqual([]);
  });

  test("ambiguous: held as unknown, never silently sent again", async () => {
    const t = engine();
    const id = await t.enroll();
    t.h.answer = AMBIGUOUS;
    await t.h.drain();
    t.h.clock.advance({ days: 30 });
    t.h.answer = SENT;
    await t.h.drain();
    expect(t.h.sent).toEqual([]);
    const reason = expect.stringContaining("unknown");
    expect(await t.read(id)).toMatchObject({ state: "held", reason });
    expect(await t.messagesOf(id)).toMatchObject([{ state: "unknown", error_code: "timeout" }]);
  });

  test("ambiguous where the inbox says `resend`: a new attempt, beside the unknown one", async () => {
    const t = engine();
    await t.publish([inbox("mail", "email", { on_unknown: "resend" })]);
    const id = await t.enroll();
    t.h.answer = AMBIGUOUS;
    await t.h.drain();
    t.h.answer = SENT;
    t.h.clock.advance({ minutes: 1 });
    await t.h.drain();
    expect(await t.messagesOf(id)).toMatchObject([
      { attempt: 1, state: "unknown" },
      { attempt: 2, state: "sent" },
    ]);
  });

  test("a resent attempt that fails leaves the fallback channel its own numbers", async () => {
    const t = engine();
    await t.publish([inbox("mail", "email", { on_unknown: "resend" })]);
    const id = await t.enroll("fallback");
    const answers = [AMBIGUOUS, AMBIGUOUS, RETRY];
    t.h.answer = ({ channel }) => (channel === "email" ? (answers.shift() ?? SENT) : SENT);
    for (let i = 0; i < 5; i++) {
      await t.h.drain();
      t.h.clock.advance({ minutes: 5 });
    }
    const messages = await t.messagesOf(id);
    expect(messages.map((one) => one.state).at(-1)).toBe("sent");
    expect(messages.at(-1)).toMatchObject({ channel: "sms" });
  });

  test("a provider that throws is ambiguous too", async () => {
    const t = engine();
    const id = await t.enroll();
    t.h.answer = () => Promise.reject(new Error("boom"));
    await t.h.drain();
    expect(await t.messagesOf(id)).toMatchObject([{ state: "unknown", error: "boom" }]);
  });

  test("an answer that the database cannot hold is recorded without what it cannot hold", async () => {
    const t = engine();
    const id = await t.enroll();
    t.h.answer = {
      kind: "permanent",
      code: "5\0",
      message: `half of ${"\u{1F44B}".slice(0, 1)}\0`,
    };
    await t.h.drain();
    expect(await t.messagesOf(id)).toMatchObject([{ error_code: "5", error: "half of \uFFFD" }]);
  });

  test("a result that the database refuses takes down no other of its wave, nor the next wave", async () => {
    const t = engine();
    const [bad, good, next] = [await t.enroll(), await t.enroll(), await t.enroll()];
    await sql`alter table messages add constraint test_refusal check (provider_id <> 'bad')`.execute(
      t.db,
    );
    try {
      t.h.answer = ({ enrollment }) => ({
        kind: "sent",
        providerId: enrollment === bad ? "bad" : "good",
      });
      await t.h.drain();
    } finally {
      await sql`alter table messages drop constraint test_refusal`.execute(t.db);
    }
    for (const id of [good, next])
      expect(await t.read(id)).toMatchObject({ step_id: "b", chunk_id: null });
    expect(t.h.sent).toHaveLength(3);
    expect(await t.messagesOf(bad)).toMatchObject([{ state: "sending" }]);
    // What became of it is not known here any more: the sweeper says so.
    const queues = await startQueues(t.database, silent);
    await queues.stop(1000);
    await recoverStranded(t.db, CHUNKS, NOW);
    expect(await t.read(bad)).toMatchObject({ state: "held", chunk_id: null });
  });
});

/** The engine finds out by itself, at the next look. */
async function optOutAndWait(t: EngineTest): Promise<void> {
  const opted = {
    channel: "email",
    address: t.lastAddress,
    purpose: "all",
    reason: "test",
  } as const;
  await addSuppression(t.db, opted, NOW);
  t.h.clock.advance({ minutes: 1 });
  await t.h.drain();
}
