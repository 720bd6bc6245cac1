import type { AddressInfo } from "node:net";
import { beforeAll, describe, expect, test } from "vitest";
import { carryMigrations } from "../../runtime/migrations/carry.ts";
import { recordWritten } from "../../store/drafts.ts";
import { iso } from "../../store/placement.ts";
import { testEngine, useApp } from "../runtime/http/harness.ts";
import { cadenza } from "../support/cli.ts";
import { insertContact, startOne, textDocument, waitingFor } from "../support/rows.ts";

const t = useApp();
let env: { CADENZA_SERVER: string; CADENZA_API_KEY: string };
let people = 0;

beforeAll(async () => {
  await t.app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = t.app.server.address() as AddressInfo;
  env = { CADENZA_SERVER: `http://127.0.0.1:${port}`, CADENZA_API_KEY: t.keys.operator };
  await t.publish(textDocument("told", ["a", "b"]));
  await t.publish(textDocument("told", ["a", "c"]), 2);
});

const run = (...argv: string[]) => cadenza(argv, { env });

/** Enrolls a new contact who waits for a step. @returns the enrollment's id */
async function waiting(step: string): Promise<string> {
  people += 1;
  const [now, contact] = [t.clock.now(), `p${people}`];
  await insertContact(t.db, contact, { email: `${contact}@example.com` }, now);
  const schedule = waitingFor(step, now, now);
  return (await startOne(t.db, { sequence: "told", contact, schedule }, now))!;
}

describe("cadenza halt and resume", () => {
  test.each([
    ["told", "halted told: nothing more is sent in it\n", "resumed told\n"],
    ["--all", "halted everything: nothing more is sent\n", "resumed everything\n"],
  ])("%s is told as it was written", async (scope, halted, resumed) => {
    expect(await run("halt", scope)).toMatchObject({ code: 0, out: halted });
    expect(await run("resume", scope)).toMatchObject({ code: 0, out: resumed });
  });
});

describe("cadenza approvals", () => {
  async function drafted(): Promise<string> {
    const now = t.clock.now();
    const enrollment = await waiting("a");
    const id = `019cadfd-8900-7000-80f9-${String(people).padStart(12, "0")}`;
    const draft = await t.db
      .insertInto("drafts")
      .values({
        id,
        enrollment_id: enrollment,
        step_id: "a",
        attempt: 1,
        state: "wanted",
        compose: "ai_assisted",
        channel: "email",
        inbox_id: "mail",
        address: `p${people}@example.com`,
        static_subject: "Hello",
        static_body: "The static text",
        due_at: iso(now),
        expires_at: iso(now + 3_600_000),
        created_at: iso(now),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const written = { subject: null, body: `A text for p${people}`, problem: null, prompt: null };
    const cost = { model: "m", promptTokens: 10, completionTokens: 2, cost: 0 };
    await t.db
      .transaction()
      .execute((trx) => recordWritten(trx, draft, { ...written, ...cost }, now));
    return id;
  }
  const read = (id: string) =>
    t.db.selectFrom("drafts").selectAll().where("id", "=", id).executeTakeFirstOrThrow();

  test("says when nothing waits", async () => {
    expect(await run("approvals")).toEqual({
      code: 0,
      out: "nothing waits for approval\n",
      err: "",
    });
  });

  test("lists, approves, edits and discards", async () => {
    const [first, second, third] = [await drafted(), await drafted(), await drafted()];
    const listed = await run("approvals");
    expect(listed.out).toContain(`told@1 a`);
    expect(listed.out).toContain(`A text for p${people}`);
    expect(JSON.parse((await run("approvals", "--output", "json")).out).data).toHaveLength(3);

    expect(await run("approvals", "approve", first)).toMatchObject({
      code: 0,
      out: `approved: ${first}\n`,
    });
    expect((await run("approvals", "edit", second, "--body", "My own")).out).toContain("as edited");
    expect((await run("approvals", "discard", third)).out).toBe(`discarded: ${third}\n`);
    expect(await read(first)).toMatchObject({
      state: "ready",
      edited: false,
      decided_by: "a operator",
    });
    expect(await read(second)).toMatchObject({ state: "ready", edited: true, body: "My own" });
    expect(await read(third)).toMatchObject({ state: "discarded" });
  });

  test("tells what is decided already, with exit code 1", async () => {
    const id = await drafted();
    await run("approvals", "approve", id);
    const again = await run("approvals", "approve", id);
    expect(again.code).toBe(1);
    expect(again.err).toMatch(/^cadenza: /);
  });

  test.each([
    [["approvals", "aprove", "x"], "aprove is no action; there are: approve, edit, discard"],
    [["approvals", "approve"], "name the draft to approve"],
    [["approvals", "edit", "x"], "say what is to be sent: --body <text>"],
    [["approvals", "approve", "x", "--body", "y"], "--body and --subject are for"],
  ])("%j is wrong usage", async (argv, message) => {
    const ran = await run(...argv);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(message);
  });
});

describe("cadenza migrate", () => {
  const route = ["migrate", "told", "--from", "1", "--to", "2"];

  test("refuses a step that it cannot map, and names it", async () => {
    await waiting("b");
    const ran = await run(...route);
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/told@2 has no step for b \(\d+ waiting\): map each to one of a, c/);
  });

  test("tells in a dry run what would happen", async () => {
    const ran = await run(...route, "--map", "b=c", "--dry-run");
    expect(ran.code).toBe(0);
    expect(ran.out).toContain("live in told@1 would go on by told@2");
    expect(ran.out).toMatch(/\nb +c +\d+\n/);
  });

  test("moves, and tells when it is done", async () => {
    const running = run(...route, "--map", "b=c");
    const execution = { db: t.db, clock: t.clock, engine: testEngine() };
    const carrying = setInterval(() => void carryMigrations(execution), 50);
    const ran = await running;
    clearInterval(carrying);
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(/^\d+ go on by told@2\n$/);
  });

  test.each([
    [["migrate", "told", "--from", "one", "--to", "2"], "--from one is no version"],
    [["migrate", "told", "--from", "1"], "--to <n>"],
    [[...route, "--map", "b"], "--map b: write it as old-step=new-step"],
  ])("%j is wrong usage", async (argv, message) => {
    const ran = await run(...argv);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(message);
  });
});
