import { expect, test } from "vitest";
import type { CanonicalDocument } from "../../core/language/document.ts";
import { carryMigrations } from "../../runtime/migrations/carry.ts";
import { requestMigration } from "../../runtime/migrations/request.ts";
import { pause, resume } from "../../runtime/operate.ts";
import { readEnrollment } from "../../store/enrollments-read.ts";
import { readMigration } from "../../store/version-migrations.ts";
import { describeEngine, NOW, type EngineTest } from "../support/engine.ts";
import { publishVersion, textDocument } from "../support/rows.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let sequences = 0;

/** Two versions of a new sequence. @returns its id */
async function versions(
  t: EngineTest,
  old: readonly string[],
  other: readonly string[],
  change: (document: CanonicalDocument) => CanonicalDocument = (document) => document,
): Promise<string> {
  sequences += 1;
  const id = `migrating-${sequences}`;
  await publishVersion(t.db, textDocument(id, old), 1, NOW);
  await publishVersion(t.db, change(reworded(textDocument(id, other))), 2, NOW);
  return id;
}

/** The second version says something else. */
function reworded(document: CanonicalDocument): CanonicalDocument {
  const steps = document.steps.map((step) => ({
    ...step,
    content: { type: "text", subject: "Hello", body: `New ${step.id}` } as const,
  }));
  return { ...document, steps };
}

function waitingHours(hours: number) {
  return (document: CanonicalDocument): CanonicalDocument => ({
    ...document,
    steps: document.steps.map((step, index) =>
      index === 0 ? step : { ...step, wait: { kind: "after", n: hours, unit: "hour" } },
    ),
  });
}

async function request(
  t: EngineTest,
  sequence: string,
  given: { map?: Record<string, string>; dryRun?: boolean; from?: number; to?: number } = {},
) {
  const route = { sequence, from: given.from ?? 1, to: given.to ?? 2, map: given.map ?? {} };
  const { engine } = t.h.execution;
  return requestMigration(t.db, engine, route, given.dryRun ?? false, "ops", t.h.clock.now());
}

async function migrate(
  t: EngineTest,
  sequence: string,
  map: Record<string, string> = {},
  route: { from?: number; to?: number } = {},
) {
  const result = await request(t, sequence, { map, ...route });
  if ("refused" in result || result.started === null) throw new Error(JSON.stringify(result));
  await carryMigrations(t.h.execution);
  return (await readMigration(t.db, result.started.id))!;
}

/** Enrolls a contact and sends step `a`; `b` is due a day later. */
async function midway(t: EngineTest, sequence: string): Promise<string> {
  const id = await t.enroll(sequence);
  await t.h.drain();
  return id;
}

describeEngine("a migration to another version", (engine) => {
  test("carries what waits, with its history; what was sent keeps its version", async () => {
    const t = engine();
    const sequence = await versions(t, ["a", "b"], ["a", "b", "c"]);
    const id = await midway(t, sequence);
    const migration = await migrate(t, sequence);
    expect(migration).toMatchObject({ state: "done", moved: 1, left_behind: {} });
    const moved = await readEnrollment(t.db, id);
    expect(moved).toMatchObject({ version: 2, state: "active", next_step: "b" });
    expect(moved?.next_due_at?.getTime()).toBe(NOW + DAY);
    expect(moved?.history.at(-1)).toMatchObject({
      type: "migrated",
      step: "b",
      data: { from: 1, to: 2, to_step: "b", migration: migration.id, by: "ops" },
    });
    t.h.clock.advance({ days: 1 });
    await t.h.drain();
    t.h.clock.advance({ days: 1 });
    await t.h.drain();
    expect(t.h.sent.map((one) => one.text)).toEqual(["Step a", "New b", "New c"]);
    const ended = await readEnrollment(t.db, id);
    expect(ended?.messages.map(({ step, version }) => [step, version])).toEqual([
      ["a", 1],
      ["b", 2],
      ["c", 2],
    ]);
    expect(ended?.state).toBe("completed");
  });

  test("counts the wait from the last send: later where it is longer, now where it is over", async () => {
    const t = engine();
    const later = await versions(t, ["a", "b"], ["a", "b"], waitingHours(30));
    const over = await versions(t, ["a", "b"], ["a", "b"], waitingHours(1));
    const [first, second] = [await midway(t, later), await midway(t, over)];
    t.h.clock.advance({ hours: 2 });
    await migrate(t, later);
    await migrate(t, over);
    expect((await t.read(first)).next_due_at?.getTime()).toBe(NOW + 30 * HOUR);
    await t.h.drain();
    expect(t.h.sent.map((one) => one.text)).toEqual(["Step a", "Step a", "New b"]);
    expect(await t.read(second)).toMatchObject({ state: "completed" });
  });

  test("to a step of another name", async () => {
    const t = engine();
    const sequence = await versions(t, ["a", "b"], ["a", "nudge"]);
    const id = await midway(t, sequence);
    await migrate(t, sequence, { b: "nudge" });
    expect(await t.read(id)).toMatchObject({ version: 2, step_id: "nudge", attempt: 1 });
  });

  test("refuses a step that has no place, and changes nothing", async () => {
    const t = engine();
    const sequence = await versions(t, ["a", "b"], ["a", "nudge"]);
    const id = await midway(t, sequence);
    expect(await request(t, sequence)).toEqual({
      refused: {
        problem: "unmapped-step",
        detail: `${sequence}@2 has no step for b (1 waiting): map each to one of a, nudge`,
      },
    });
    await carryMigrations(t.h.execution);
    expect(await t.read(id)).toMatchObject({ version: 1, step_id: "b" });
  });

  test("refuses to send again what was sent", async () => {
    const t = engine();
    const sequence = await versions(t, ["a", "b"], ["b", "a"]);
    await midway(t, sequence);
    expect(await request(t, sequence)).toMatchObject({ refused: { problem: "step-repeats" } });
    const renamed = await versions(t, ["a", "b"], ["intro", "c"]);
    await midway(t, renamed);
    expect(await request(t, renamed, { map: { a: "c", b: "intro" } })).toMatchObject({
      refused: { problem: "step-repeats" },
    });
  });

  test("leaves one that had a step under that name by an earlier migration", async () => {
    const t = engine();
    const sequence = await versions(t, ["a", "b"], ["x", "b"]);
    await publishVersion(t.db, reworded(textDocument(sequence, ["x", "b", "a"])), 3, NOW);
    const id = await midway(t, sequence);
    await migrate(t, sequence);
    const last = await migrate(t, sequence, {}, { from: 2, to: 3 });
    expect(await t.read(id)).toMatchObject({ version: 2, step_id: "b" });
    expect(last).toMatchObject({ state: "done", moved: 0, left_behind: { step_repeats: 1 } });
  });

  test.each([
    [{ to: 1 }, "`from` and `to` are the same version"],
    [{ to: 9 }, "There is no version 9 of"],
    [{ map: { bb: "b" } }, "has no step bb; did you mean b?"],
    [{ map: { b: "nudgee" } }, "has no step nudgee; did you mean nudge?"],
  ])("refuses %j", async (given, detail) => {
    const t = engine();
    const sequence = await versions(t, ["a", "b"], ["a", "nudge"]);
    expect(await request(t, sequence, given)).toMatchObject({
      refused: { detail: expect.stringContaining(detail) },
    });
  });

  test("refuses a version about something else", async () => {
    const t = engine();
    const sequence = await versions(t, ["a"], ["a"], (document) => ({
      ...document,
      target: "deal",
    }));
    expect(await request(t, sequence)).toMatchObject({ refused: { problem: "wrong-target-type" } });
  });

  test("a dry run says how many stand where, and changes nothing", async () => {
    const t = engine();
    const sequence = await versions(t, ["a", "b"], ["a", "nudge"]);
    const id = await midway(t, sequence);
    await midway(t, sequence);
    expect(await request(t, sequence, { map: { b: "nudge" }, dryRun: true })).toEqual({
      steps: [{ from: "b", to: "nudge", enrollments: 2 }],
      started: null,
    });
    await carryMigrations(t.h.execution);
    expect(await t.read(id)).toMatchObject({ version: 1 });
  });

  test("only one goes on from a version at a time", async () => {
    const t = engine();
    const sequence = await versions(t, ["a", "b"], ["a", "b"]);
    await request(t, sequence);
    expect(await request(t, sequence)).toMatchObject({ refused: { problem: "migration-running" } });
    await carryMigrations(t.h.execution);
    expect(await request(t, sequence)).toMatchObject({ started: { state: "running" } });
    await carryMigrations(t.h.execution);
  });

  test("what a chunk has in hand is sent as it was decided, and carried on afterwards", async () => {
    const t = engine();
    const sequence = await versions(t, ["a", "b"], ["a", "b"]);
    const id = await t.enroll(sequence);
    const [chunk] = await t.h.claim();
    await request(t, sequence);
    expect(await carryMigrations(t.h.execution)).toBe(true);
    expect(await t.read(id)).toMatchObject({ version: 1, step_id: "a" });
    await t.h.execute(chunk!);
    expect(await carryMigrations(t.h.execution)).toBe(false);
    expect(await t.read(id)).toMatchObject({ version: 2, step_id: "b" });
    expect(t.h.sent.map((one) => one.text)).toEqual(["Step a"]);
  });

  test("one whose send is unknown stays, and says why", async () => {
    const t = engine();
    const sequence = await versions(t, ["a", "b"], ["a", "b"]);
    t.h.answer = { kind: "ambiguous", code: "timeout", message: "no answer" };
    const id = await midway(t, sequence);
    expect(await migrate(t, sequence)).toMatchObject({
      moved: 0,
      left_behind: { unknown_send: 1 },
    });
    expect(await t.read(id)).toMatchObject({ version: 1, state: "held" });
  });

  test("a held one is looked at afresh; a paused one stays paused", async () => {
    const t = engine();
    const sequence = await versions(t, ["a"], ["a"]);
    const asking = textDocument(sequence).steps.map((step) => ({
      ...step,
      content: { type: "text", subject: "Hi", body: "Hi {{ contact.company }}" } as const,
    }));
    await publishVersion(t.db, { ...textDocument(sequence), steps: asking }, 3, NOW);
    const held = await t.enroll(sequence);
    await t.db.updateTable("enrollments").set({ version: 3 }).where("id", "=", held).execute();
    await t.h.drain();
    expect(await t.read(held)).toMatchObject({ state: "held", reason: "blank: contact.company" });
    const paused = await t.enroll(sequence);
    await t.db.updateTable("enrollments").set({ version: 3 }).where("id", "=", paused).execute();
    await pause(t.db, paused, "ops", t.h.clock.now());
    await migrate(t, sequence, {}, { from: 3, to: 2 });
    await t.h.drain();
    expect(await t.read(held)).toMatchObject({ version: 2, state: "completed" });
    expect(await t.read(paused)).toMatchObject({ version: 2, state: "paused" });
    await resume(t.db, paused, "ops", t.h.clock.now());
    await t.h.drain();
    expect(t.h.sent.map((one) => one.text)).toEqual(["New a", "New a"]);
  });

  test("a text that awaits approval is written anew", async () => {
    const t = engine();
    const sequence = await versions(t, ["a", "b"], ["a", "b"]);
    const id = await midway(t, sequence);
    const at = new Date(NOW).toISOString();
    const draft = "019cadfd-8900-7000-80f9-0000000000aa";
    const row = { enrollment_id: id, step_id: "b", attempt: 1, channel: "email" } as const;
    await t.db
      .insertInto("drafts")
      .values({
        ...row,
        id: draft,
        state: "awaiting",
        compose: "ai_assisted",
        inbox_id: "mail",
        address: t.lastAddress,
        static_body: "Step b",
        due_at: at,
        expires_at: at,
        created_at: at,
      })
      .execute();
    await t.db
      .insertInto("messages")
      .values({
        ...row,
        id: draft,
        state: "awaiting_approval",
        due_at: at,
        created_at: at,
        updated_at: at,
      })
      .execute();
    await migrate(t, sequence);
    expect(await t.db.selectFrom("drafts").select("id").where("id", "=", draft).execute()).toEqual(
      [],
    );
    t.h.clock.advance({ days: 1 });
    await t.h.drain();
    expect(t.h.sent.map((one) => one.text)).toEqual(["Step a", "New b"]);
  });
});
