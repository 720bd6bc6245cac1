import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database, Db } from "../../store/database.ts";
import {
  exitEnrollments,
  pauseEnrollments,
  resumeEnrollments,
} from "../../store/enrollments-control.ts";
import { markStale, moveEnrollments } from "../../store/enrollments-move.ts";
import { countLive } from "../../store/sequences.ts";
import { openTestDatabase } from "../support/embedded.ts";
import {
  deleteEnrollments,
  insertContact,
  publishVersion,
  startOne,
  textDocument,
  waitingFor,
} from "../support/rows.ts";

const NOW = Date.parse("2026-03-02T09:00:00Z");
const HOUR = 3_600_000;
const cause = { by: "test" };
let database: Database;
let db: Db;

beforeAll(async () => {
  database = await openTestDatabase();
  db = database.db;
  await publishVersion(db, textDocument("welcome"), 1, NOW);
  await insertContact(db, "c1", { first_name: "Ana" }, NOW);
});
afterAll(() => database.close());
beforeEach(() => deleteEnrollments(db));

async function start(): Promise<string> {
  const schedule = waitingFor("a", NOW, NOW + HOUR);
  const id = await startOne(db, { sequence: "welcome", contact: "c1", schedule }, NOW);
  if (id === undefined) throw new Error("not started");
  return id;
}

async function read(id: string) {
  return db.selectFrom("enrollments").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

async function historyOf(id: string) {
  const rows = await db
    .selectFrom("history")
    .select(["type", "step_id", "data"])
    .where("enrollment_id", "=", id)
    .orderBy("id")
    .execute();
  return rows.map((row) => row.type);
}

describe("counting those under way", () => {
  test("by version and next step; ended ones are not", async () => {
    await insertContact(db, "c2", {}, NOW);
    await insertContact(db, "c3", {}, NOW);
    await start();
    for (const contact of ["c2", "c3"]) {
      const schedule = waitingFor("b", NOW, NOW + HOUR);
      await startOne(db, { sequence: "welcome", contact, schedule }, NOW);
    }
    const ended = await db
      .selectFrom("enrollments")
      .select("id")
      .where("contact_id", "=", "c3")
      .executeTakeFirstOrThrow();
    expect(await countLive(db, "welcome")).toEqual([
      { version: 1, step: "a", count: 1 },
      { version: 1, step: "b", count: 2 },
    ]);
    await exitEnrollments(db, [ended.id], { ...cause, reason: "reply" }, NOW);
    expect(await countLive(db, "welcome")).toEqual([
      { version: 1, step: "a", count: 1 },
      { version: 1, step: "b", count: 1 },
    ]);
    expect(await countLive(db, "nobody")).toEqual([]);
  });
});

describe("starting", () => {
  test("an enrollment waits for its first step and says so", async () => {
    const id = await start();
    expect(await read(id)).toMatchObject({
      state: "active",
      step_id: "a",
      attempt: 1,
      next_due_at: new Date(NOW + HOUR),
      started_at: new Date(NOW),
      chunk_id: null,
    });
    expect(await historyOf(id)).toEqual(["enrolled", "scheduled"]);
  });

  test("a second live one of the same target is left out", async () => {
    await start();
    const schedule = waitingFor("a", NOW, NOW);
    expect(
      await startOne(db, { sequence: "welcome", contact: "c1", schedule }, NOW),
    ).toBeUndefined();
  });

  test("steps already in the past are recorded as skipped", async () => {
    const schedule = {
      ...waitingFor("b", NOW, NOW),
      skipped: [{ step: "a", reason: "past" }],
    } as const;
    const id = await startOne(db, { sequence: "welcome", contact: "c1", schedule }, NOW);
    expect(await historyOf(id ?? "")).toEqual(["enrolled", "skipped", "scheduled"]);
    const messages = await db
      .selectFrom("messages")
      .selectAll()
      .where("enrollment_id", "=", id ?? "")
      .execute();
    expect(messages).toMatchObject([{ step_id: "a", state: "skipped", reason: "past" }]);
  });

  test("an end is final at once, and a hold is visible", async () => {
    const ended = await startOne(
      db,
      { sequence: "welcome", contact: "c1", schedule: { kind: "end", skipped: [] } },
      NOW,
    );
    expect(await read(ended ?? "")).toMatchObject({ state: "completed", ended_at: new Date(NOW) });
    const schedule = {
      kind: "hold",
      skipped: [],
      step: "a",
      base: NOW,
      reason: "blank: charge.due_on",
      attempt: 1,
      failedChannels: [],
    } as const;
    const held = await startOne(db, { sequence: "welcome", contact: "c1", schedule }, NOW);
    expect(await read(held ?? "")).toMatchObject({
      state: "held",
      reason: "blank: charge.due_on",
      step_id: "a",
    });
    expect(await historyOf(held ?? "")).toEqual(["enrolled", "held"]);
  });
});

describe("control", () => {
  test("pause and resume keep the due time", async () => {
    const id = await start();
    expect([...(await pauseEnrollments(db, [id], cause, NOW))]).toEqual([id]);
    expect((await read(id)).state).toBe("paused");
    expect([...(await pauseEnrollments(db, [id], cause, NOW))]).toEqual([]);
    await resumeEnrollments(db, [id], cause, NOW);
    expect(await read(id)).toMatchObject({ state: "active", next_due_at: new Date(NOW + HOUR) });
    expect(await historyOf(id)).toEqual(["enrolled", "scheduled", "paused", "resumed"]);
  });

  test("an exit is final and takes the row out of its chunk", async () => {
    const id = await start();
    await db.updateTable("enrollments").set({ chunk_id: id }).where("id", "=", id).execute();
    await exitEnrollments(db, [id], { by: "test", reason: "reply" }, NOW);
    expect(await read(id)).toMatchObject({
      state: "exited",
      reason: "reply",
      chunk_id: null,
      ended_at: new Date(NOW),
    });
    expect([...(await exitEnrollments(db, [id], { by: "test", reason: "again" }, NOW))]).toEqual(
      [],
    );
    expect([...(await resumeEnrollments(db, [id], cause, NOW))]).toEqual([]);
  });
});

describe("moving", () => {
  test("a waiting one takes its new time", async () => {
    const id = await start();
    const schedule = waitingFor("a", NOW, NOW + 5 * HOUR);
    await moveEnrollments(db, [{ id, fromStep: "a", schedule }], "rescheduled", NOW);
    expect((await read(id)).next_due_at).toEqual(new Date(NOW + 5 * HOUR));
    expect(await historyOf(id)).toEqual(["enrolled", "scheduled", "rescheduled"]);
  });

  test("a paused one stays paused at its new place", async () => {
    const id = await start();
    await pauseEnrollments(db, [id], cause, NOW);
    await moveEnrollments(
      db,
      [{ id, fromStep: "a", schedule: waitingFor("b", NOW, NOW) }],
      "skipped",
      NOW,
    );
    expect(await read(id)).toMatchObject({ state: "paused", step_id: "b" });
  });

  test("one that has moved on, or that a chunk has in hand, is left alone and marked stale", async () => {
    const id = await start();
    const schedule = waitingFor("b", NOW, NOW);
    expect([
      ...(await moveEnrollments(db, [{ id, fromStep: "b", schedule }], "rescheduled", NOW)),
    ]).toEqual([]);
    await db.updateTable("enrollments").set({ chunk_id: id }).where("id", "=", id).execute();
    expect([
      ...(await moveEnrollments(db, [{ id, fromStep: "a", schedule }], "rescheduled", NOW)),
    ]).toEqual([]);
    await markStale(db, [id]);
    expect((await read(id)).stale).toBe(true);
  });

  test("skipping the current step after failed attempts does not collide with them", async () => {
    const id = await start();
    const skip = {
      ...waitingFor("b", NOW, NOW),
      skipped: [{ step: "a", reason: "expired" }],
    } as const;
    const common = {
      enrollment_id: id,
      step_id: "a",
      due_at: new Date(NOW),
      created_at: new Date(NOW),
      updated_at: new Date(NOW),
    };
    await db
      .insertInto("messages")
      .values({ ...common, id, attempt: 1, state: "failed" })
      .execute();
    await moveEnrollments(db, [{ id, fromStep: "a", schedule: skip }], "rescheduled", NOW);
    const rows = await db
      .selectFrom("messages")
      .select(["attempt", "state"])
      .where("enrollment_id", "=", id)
      .orderBy("attempt")
      .execute();
    expect(rows).toEqual([
      { attempt: 1, state: "failed" },
      { attempt: 2, state: "skipped" },
    ]);
  });
});
