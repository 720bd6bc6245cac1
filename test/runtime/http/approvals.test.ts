import { beforeEach, describe, expect, test } from "vitest";
import { recordWritten } from "../../../store/drafts.ts";
import { iso } from "../../../store/placement.ts";
import {
  deleteEnrollments,
  insertContact,
  startOne,
  textDocument,
  waitingFor,
} from "../../support/rows.ts";
import { useApp } from "./harness.ts";

const t = useApp();
let people = 0;

/** A draft that waits for a person. @returns its id and its enrollment's */
async function awaiting(): Promise<{ id: string; enrollment: string }> {
  people += 1;
  const contact = `p${people}`;
  const now = t.clock.now();
  await insertContact(t.db, contact, { name: "Ana Lima", email: `${contact}@example.com` }, now);
  const schedule = waitingFor("a", now, now);
  const enrollment = await startOne(t.db, { sequence: "drafted", contact, schedule }, now);
  const id = `019cadfd-8900-7000-80f9-${String(people).padStart(12, "0")}`;
  const draft = await t.db
    .insertInto("drafts")
    .values({
      id,
      enrollment_id: enrollment!,
      step_id: "a",
      attempt: 1,
      state: "wanted",
      compose: "ai_assisted",
      channel: "email",
      inbox_id: "mail",
      address: `${contact}@example.com`,
      static_subject: "Hello",
      static_body: "The static text",
      due_at: iso(now),
      expires_at: iso(now + 3_600_000),
      created_at: iso(now),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const written = {
    subject: null,
    body: "A better text",
    problem: null,
    prompt: null,
    model: "m",
    promptTokens: 10,
    completionTokens: 2,
    cost: 0,
  };
  await t.db.transaction().execute((trx) => recordWritten(trx, draft, written, now));
  return { id, enrollment: enrollment! };
}

describe("drafts that wait for a person", () => {
  beforeEach(async () => {
    await deleteEnrollments(t.db);
    const document = textDocument("drafted");
    const known = await t.db.selectFrom("sequences").where("id", "=", "drafted").execute();
    if (known.length === 0) await t.publish(document);
  });

  test("are listed, the oldest first, a page at a time", async () => {
    const ids = [];
    for (let i = 0; i < 3; i += 1) ids.push((await awaiting()).id);
    const first = await t.call("GET", "/v1/approvals?limit=2", undefined, { role: "viewer" });
    expect(first.status).toBe(200);
    expect(first.body.data).toMatchObject([
      {
        id: ids[0],
        sequence: "drafted",
        step: "a",
        contact_name: "Ana Lima",
        subject: "Hello",
        body: "A better text",
        static_body: "The static text",
        tokens: 12,
      },
      { id: ids[1] },
    ]);
    const rest = await t.call("GET", `/v1/approvals?cursor=${first.body.next_cursor}`);
    expect(rest.body).toMatchObject({ data: [{ id: ids[2] }], next_cursor: null });
  });

  test.each(["approve", "discard", "edit"])("%s: only approvers and operators", async (action) => {
    const { id } = await awaiting();
    const body = action === "edit" ? { body: "Mine" } : undefined;
    const path = `/v1/approvals/${id}/${action}`;
    for (const role of ["viewer", "enroller"] as const) {
      expect((await t.call("POST", path, body, { role })).status).toBe(403);
    }
    expect((await t.call("POST", path, body, { role: "approver" })).status).toBe(204);
    const again = await t.call("POST", path, body, { role: "operator" });
    expect(again.status).toBe(409);
    expect(again.body.detail).toContain("waits for no decision");
    expect((await t.call("GET", "/v1/approvals")).body.data).toEqual([]);
  });

  test("an approved one is due at once; its history says who approved it", async () => {
    const { id, enrollment } = await awaiting();
    t.woken.dispatcher = 0;
    await t.call("POST", `/v1/approvals/${id}/approve`);
    expect(t.woken.dispatcher).toBe(1);
    const { body } = await t.call("GET", `/v1/enrollments/${enrollment}`);
    expect(body.next_due_at).toBe(iso(t.clock.now()));
    expect(body.history.map(({ type }: { type: string }) => type)).toContain("approved");
    expect(JSON.stringify(body.history)).toContain("a operator");
  });

  test.each([
    [{}, 400],
    [{ body: "" }, 400],
    [{ body: "x", html: "<b>" }, 400],
  ])("an edit of %j: %i", async (body, status) => {
    const { id } = await awaiting();
    expect((await t.call("POST", `/v1/approvals/${id}/edit`, body)).status).toBe(status);
    expect((await t.call("GET", "/v1/approvals")).body.data).toHaveLength(1);
  });

  test("one that does not exist is not found", async () => {
    const path = "/v1/approvals/019cadfd-8900-7000-80f9-ffffffffffff/approve";
    expect((await t.call("POST", path)).status).toBe(404);
    expect((await t.call("POST", "/v1/approvals/nonsense/approve")).status).toBe(404);
  });
});
