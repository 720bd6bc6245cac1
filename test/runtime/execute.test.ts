import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CanonicalDocument } from "../../core/language/document.ts";
import {
  exitEnrollments,
  pauseEnrollments,
  resumeEnrollments,
} from "../../store/enrollments-control.ts";
import type { Database, Db } from "../../store/database.ts";
import { addHalt, removeHalt } from "../../store/halts.ts";
import { addSuppression } from "../../store/suppressions.ts";
import { recoverRedelivered } from "../../store/recover.ts";
import { openIntents } from "../../store/intents.ts";
import { newId } from "../../store/ids.ts";
import { inbox, policy } from "../core/enrollment/fixtures.ts";
import { openTestDatabase } from "../support/embedded.ts";
import { createHarness, publishWorkspace, type Harness } from "../support/harness.ts";
import {
  insertContact,
  publishVersion,
  startOne,
  textDocument,
  waitingFor,
} from "../support/rows.ts";

const NOW = Date.parse("2026-03-02T10:00:00Z");
const by = { by: "test" };
let database: Database;
let db: Db;
let h: Harness;
let people = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  db = database.db;
  const inboxes = [
    inbox("mail", "email", { concurrency: 2 }),
    inbox("text", "sms"),
    inbox("wa", "whatsapp"),
  ];
  await publishWorkspace(db, policy, inboxes, NOW);
  await publishVersion(db, textDocument("welcome"), 1, NOW);
  await publishVersion(db, withFallback(), 1, NOW);
});
afterAll(() => database.close());
beforeEach(async () => {
  await db.deleteFrom("enrollments").execute();
  await db.deleteFrom("halts").execute();
  await db.deleteFrom("suppressions").execute();
  h = createHarness(db, NOW);
});

function withFallback(): CanonicalDocument {
  const document = textDocument("fallback");
  const steps = document.steps.map((step) => ({
    ...step,
    on_failure: { retry: 1, channels: ["sms"], then: "exit" } as const,
  }));
  return { ...document, steps };
}

async function start(sequence = "welcome", data: object = { first_name: "Ana" }): Promise<string> {
  people += 1;
  const contact = `c${people}`;
  await insertContact(
    db,
    contact,
    { email: `${contact}@example.com`, phone: "+15550100", ...data },
    NOW,
  );
  const id = await startOne(db, { sequence, contact, schedule: waitingFor("a", NOW, NOW) }, NOW);
  return id!;
}

const read = (id: string) =>
  db.selectFrom("enrollments").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
const messagesOf = (id: string) =>
  db
    .selectFrom("messages")
    .selectAll()
    .where("enrollment_id", "=", id)
    .orderBy("created_at")
    .orderBy("attempt")
    .execute();
const historyOf = async (id: string) => {
  const rows = await db
    .selectFrom("history")
    .select("type")
    .where("enrollment_id", "=", id)
    .orderBy("id")
    .execute();
  return rows.map((row) => row.type);
};

describe("the whole way", () => {
  test("steps are sent when due and not before, and the sequence completes", async () => {
    const id = await start();
    await h.drain();
    expect(h.sent.map((one) => one.step)).toEqual(["a"]);
    h.clock.advance({ hours: 23, minutes: 59 });
    await h.drain();
    expect(h.sent).toHaveLength(1);
    h.clock.advance({ minutes: 1 });
    await h.drain();
    expect(h.sent.map((one) => one.step)).toEqual(["a", "b"]);
    expect(await read(id)).toMatchObject({ state: "completed", step_id: null, chunk_id: null });
    expect(await historyOf(id)).toEqual(["enrolled", "scheduled", "sent", "sent", "completed"]);
    expect(await messagesOf(id)).toMatchObject([
      {
        step_id: "a",
        state: "sent",
        provider_id: "p1",
        subject: "Hello",
        body: "Step a",
        address: `c${people}@example.com`,
      },
      { step_id: "b", state: "sent" },
    ]);
  });

  test("waves are no larger than the inbox's concurrency, and everyone is sent once", async () => {
    for (let i = 0; i < 7; i++) await start();
    let atOnce = 0;
    let most = 0;
    h.answer = async () => {
      most = Math.max(most, ++atOnce);
      await new Promise(setImmediate);
      atOnce -= 1;
      return { kind: "sent", providerId: null };
    };
    await h.drain();
    expect(most).toBe(2);
    expect(new Set(h.sent.map((one) => one.enrollment)).size).toBe(7);
    expect(h.sent).toHaveLength(7);
  });
});

describe("between the claim and the send", () => {
  test("a pause keeps the message back; resumed, it goes", async () => {
    const id = await start();
    const [chunk] = await h.claim();
    await pauseEnrollments(db, [id], by, NOW);
    await h.execute(chunk!);
    expect(h.sent).toEqual([]);
    await h.drain();
    expect(h.sent).toEqual([]);
    await resumeEnrollments(db, [id], by, NOW);
    await h.drain();
    expect(h.sent).toHaveLength(1);
  });

  test.each(["exit", "halt", "opt-out"])("%s: nothing is sent", async (event) => {
    const id = await start();
    const [chunk] = await h.claim();
    if (event === "exit") await exitEnrollments(db, [id], { ...by, reason: "reply" }, NOW);
    if (event === "halt") await addHalt(db, "sequence:welcome@1", "test", NOW);
    if (event === "opt-out") {
      const address = `c${people}@example.com`;
      await addSuppression(db, { channel: "email", address, purpose: "all", reason: "stop" }, NOW);
    }
    await h.execute(chunk!);
    expect(h.sent).toEqual([]);
    expect((await read(id)).chunk_id).toBeNull();
  });

  test("what slips in after the decision is still caught by the fence", async () => {
    const ids = [await start(), await start(), await start()];
    const halting = { kind: "sent", providerId: null } as const;
    h.answer = async () => {
      await addHalt(db, "inbox:mail", "test", NOW);
      return halting;
    };
    await h.drain();
    // The first wave of two was under way when the halt came; the third message was not opened.
    expect(h.sent).toHaveLength(2);
    const parked = await Promise.all(ids.map(read));
    expect(parked.filter((row) => row.parked_by === "inbox:mail")).toHaveLength(1);
    await db.transaction().execute((trx) => removeHalt(trx, "inbox:mail", "test", NOW));
    h.answer = halting;
    await h.drain();
    expect(h.sent).toHaveLength(3);
  });

  test("a pause during the send keeps the result and the new place", async () => {
    const id = await start();
    h.answer = async () => {
      await pauseEnrollments(db, [id], by, NOW);
      return { kind: "sent", providerId: null };
    };
    await h.drain();
    expect(await read(id)).toMatchObject({ state: "paused", step_id: "b", chunk_id: null });
    expect(await messagesOf(id)).toMatchObject([{ state: "sent" }]);
  });

  test("an exit during the send keeps the result and stays an exit", async () => {
    const id = await start();
    h.answer = async () => {
      await exitEnrollments(db, [id], { ...by, reason: "reply" }, NOW);
      return { kind: "sent", providerId: null };
    };
    await h.drain();
    expect(await read(id)).toMatchObject({ state: "exited", reason: "reply" });
    expect(await messagesOf(id)).toMatchObject([{ state: "sent" }]);
    expect(await historyOf(id)).toEqual(["enrolled", "scheduled", "exited", "sent"]);
  });
});

describe("failures by their consequence", () => {
  const retry = { kind: "retry", code: "421", message: "try later" } as const;

  test("retry: the next attempt comes after a pause", async () => {
    const id = await start();
    h.answer = retry;
    await h.drain();
    expect(await read(id)).toMatchObject({
      state: "active",
      attempt: 2,
      next_due_at: new Date(NOW + 60_000),
    });
    h.answer = { kind: "sent", providerId: null };
    h.clock.advance({ minutes: 1 });
    await h.drain();
    expect(await messagesOf(id)).toMatchObject([
      { attempt: 1, state: "failed", error_code: "421" },
      { attempt: 2, state: "sent" },
    ]);
  });

  test("exhausted: the fallback channel takes over, and ends the enrollment where it fails too", async () => {
    const id = await start("fallback");
    h.answer = ({ channel }) =>
      channel === "email" ? retry : { kind: "permanent", code: "21211", message: "bad number" };
    await h.drain();
    h.clock.advance({ minutes: 2 });
    await h.drain();
    expect(await messagesOf(id)).toMatchObject([
      { attempt: 1, channel: "email", state: "failed" },
      { attempt: 2, channel: "email", state: "failed" },
      { attempt: 3, channel: "sms", state: "failed", error_code: "21211" },
    ]);
    expect(await read(id)).toMatchObject({ state: "failed", reason: "21211" });
  });

  test("no address at all: recorded, and the sequence goes on", async () => {
    const id = await start("welcome", { email: null });
    await h.drain();
    expect(await messagesOf(id)).toMatchObject([{ state: "failed", error_code: "no_address" }]);
    expect(await read(id)).toMatchObject({ state: "active", step_id: "b" });
  });

  test("snooze: the same attempt, later", async () => {
    const id = await start();
    h.answer = { kind: "snooze", code: "429", message: "slow down", afterMs: 30_000 };
    await h.drain();
    expect(await messagesOf(id)).toMatchObject([{ attempt: 1, state: "pending" }]);
    h.answer = { kind: "sent", providerId: "late" };
    h.clock.advance({ minutes: 1 });
    await h.drain();
    expect(await messagesOf(id)).toMatchObject([
      { attempt: 1, state: "sent", provider_id: "late" },
    ]);
  });

  test("ambiguous: held as unknown, never silently sent again", async () => {
    const id = await start();
    h.answer = { kind: "ambiguous", code: "timeout", message: "no answer" };
    await h.drain();
    h.clock.advance({ days: 30 });
    h.answer = { kind: "sent", providerId: null };
    await h.drain();
    expect(h.sent).toEqual([]);
    expect(await read(id)).toMatchObject({
      state: "held",
      reason: expect.stringContaining("unknown"),
    });
    expect(await messagesOf(id)).toMatchObject([{ state: "unknown", error_code: "timeout" }]);
  });

  test("a provider that throws is ambiguous too", async () => {
    const id = await start();
    h.answer = () => Promise.reject(new Error("boom"));
    await h.drain();
    expect(await messagesOf(id)).toMatchObject([{ state: "unknown" }]);
  });
});

test("what comes too late is skipped as expired, and the next step counts from then", async () => {
  const id = await start();
  h.clock.advance({ days: 3 });
  await h.drain();
  expect(h.sent).toEqual([]);
  expect(await messagesOf(id)).toMatchObject([{ state: "skipped", reason: "expired" }]);
  expect(await read(id)).toMatchObject({
    step_id: "b",
    next_due_at: new Date(NOW + 4 * 86_400_000),
  });
});

describe("a chunk that is run again", () => {
  const intent = (id: string, enrollment: string) => ({
    id,
    enrollment_id: enrollment,
    step_id: "a",
    attempt: 1,
    channel: "email" as const,
    inbox_id: "mail",
    address: "x@example.com",
    conversation_id: null,
    reason: "",
    subject: null,
    body: "",
    html: null,
    template: null,
    due_at: new Date(NOW).toISOString(),
    scopes: ["all"],
    purposes: ["all"],
  });

  test("what an earlier run had begun becomes unknown; the rest is sent", async () => {
    const [first, second] = [await start(), await start()];
    const [chunk] = await h.claim();
    const lost = { chunkId: chunk!, runId: newId(NOW) };
    const opened = await openIntents(db, lost, [intent(newId(NOW), first)], NOW);
    expect([...opened.keys()]).toEqual([first]);
    await h.execute(chunk!);
    expect(h.sent.map((one) => one.enrollment)).toEqual([second]);
    expect(await read(first)).toMatchObject({ state: "held" });
    expect(await messagesOf(first)).toMatchObject([{ state: "unknown" }]);
  });

  test("a late finish of the earlier run settles what was left open", async () => {
    const id = await start();
    const [chunk] = await h.claim();
    h.answer = async () => {
      await recoverRedelivered(db, { chunkId: chunk!, runId: newId(NOW) }, NOW);
      expect(await read(id)).toMatchObject({ state: "held" });
      return { kind: "sent", providerId: "after all" };
    };
    await h.execute(chunk!);
    expect(await messagesOf(id)).toMatchObject([{ state: "sent", provider_id: "after all" }]);
    expect(await read(id)).toMatchObject({ state: "active", step_id: "b" });
  });

  test("a second run opens nothing that the first has opened; the same run may ask twice", async () => {
    const id = await start();
    const [chunk] = await h.claim();
    const run = { chunkId: chunk!, runId: newId(NOW) };
    expect((await openIntents(db, run, [intent(newId(NOW), id)], NOW)).size).toBe(1);
    expect((await openIntents(db, run, [intent(newId(NOW), id)], NOW)).size).toBe(1);
    const other = { chunkId: chunk!, runId: newId(NOW) };
    expect((await openIntents(db, other, [intent(newId(NOW), id)], NOW)).size).toBe(0);
    expect(await messagesOf(id)).toHaveLength(1);
  });

  test("a run that must stop gives the rest back to waiting", async () => {
    const id = await start();
    const [chunk] = await h.claim();
    await h.execute(chunk!, () => true);
    expect(h.sent).toEqual([]);
    expect(await read(id)).toMatchObject({ state: "active", chunk_id: null });
    await h.drain();
    expect(h.sent).toHaveLength(1);
  });
});

test("an inbox's rate is kept: what is too much waits", async () => {
  await publishWorkspace(
    db,
    policy,
    [inbox("mail", "email", { rate_limit: { messages: 2, per: { n: 1, unit: "minute" } } })],
    NOW,
  );
  for (let i = 0; i < 5; i++) await start();
  await h.drain();
  expect(h.sent).toHaveLength(2);
  h.clock.advance({ minutes: 1 });
  await h.drain();
  expect(h.sent).toHaveLength(4);
  h.clock.advance({ minutes: 1 });
  await h.drain();
  expect(h.sent).toHaveLength(5);
});
