import { beforeAll, describe, expect, it } from "vitest";
import { inboxes, NOW } from "../../core/enrollment/fixtures.ts";
import { newId } from "../../../store/ids.ts";
import { textDocument } from "../../support/rows.ts";
import { useApp } from "./harness.ts";

let answersAt: number | null = null;
const http = useApp((harness) => ({
  ports: {
    ...harness.ports,
    requestReconcile() {
      harness.woken.controller += 1;
      if (answersAt === null) return;
      void harness.db
        .updateTable("source_state")
        .set({ answered_at: new Date(answersAt) })
        .execute();
    },
  },
  reconcileWait: 300,
}));

beforeAll(async () => {
  await http.publish(textDocument("welcome"));
  await http.publish(textDocument("welcome"), 2);
  await http.publish(textDocument("billing"));
  for (const inbox of inboxes.values()) {
    await http.db
      .insertInto("inboxes")
      .values({ id: inbox.id, inbox: JSON.stringify(inbox) })
      .execute();
  }
});

describe("suppressions", () => {
  it("are made once, found and lifted", async () => {
    const given = {
      channel: "email",
      address: "Ana@Example.com",
      purpose: "marketing",
      reason: "asked by phone",
    };
    const made = await http.call("POST", "/v1/suppressions", given);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      ...given,
      address: "ana@example.com",
      created_at: new Date(NOW).toISOString(),
    });
    const again = await http.call("POST", "/v1/suppressions", { ...given, reason: "again" });
    expect(again.status).toBe(200);
    expect(again.body).toEqual(made.body);
    const found = await http.call(
      "GET",
      "/v1/suppressions?channel=email&address=ANA%40example.com",
    );
    expect(found.body.data).toEqual([made.body]);
    expect((await http.call("DELETE", `/v1/suppressions/${made.body.id}`)).status).toBe(204);
    expect((await http.call("DELETE", `/v1/suppressions/${made.body.id}`)).status).toBe(404);
  });

  it("mean everything unless told, and lift by address", async () => {
    const made = await http.call("POST", "/v1/suppressions", {
      channel: "sms",
      address: "+55 11 98765-4321",
    });
    expect(made.body).toMatchObject({ address: "+5511987654321", purpose: "all", reason: "api" });
    const url = "/v1/suppressions?channel=sms&address=%2B5511987654321";
    expect((await http.call("DELETE", url)).status).toBe(204);
    expect((await http.call("DELETE", url)).status).toBe(404);
  });

  it.each([
    ["POST", "/v1/suppressions", { channel: "fax", address: "1" }],
    ["POST", "/v1/suppressions", { channel: "email", address: "+5511987654321" }],
    ["POST", "/v1/suppressions", { channel: "sms", address: "ana@example.com" }],
    ["POST", "/v1/suppressions", { channel: "email" }],
    ["DELETE", "/v1/suppressions", undefined],
    ["DELETE", "/v1/suppressions?channel=email", undefined],
    ["GET", "/v1/suppressions?channel=fax", undefined],
  ] as const)("%s %s %j is refused", async (method, url, body) => {
    expect((await http.call(method, url, body)).status).toBe(400);
  });
});

describe("halts", () => {
  it.each(["all", "sequence:welcome", "sequence:welcome@2", "inbox:mail"])(
    "%s: made, listed, lifted",
    async (scope) => {
      const made = await http.call("POST", "/v1/halts", { scope });
      expect(made.status).toBe(201);
      expect(made.body).toMatchObject({ scope, created_by: "a operator" });
      expect((await http.call("POST", "/v1/halts", { scope })).status).toBe(200);
      expect((await http.call("GET", "/v1/halts")).body.data).toEqual([made.body]);
      const byQuery = scope.includes("@");
      const url = byQuery
        ? `/v1/halts?scope=${encodeURIComponent(scope)}`
        : `/v1/halts/${encodeURIComponent(scope)}`;
      expect((await http.call("DELETE", url)).status).toBe(204);
      expect((await http.call("DELETE", url)).status).toBe(404);
    },
  );

  it.each([
    ["everything", 400, "must be all"],
    ["sequence:", 400, "must be all"],
    ["sequence:welcome@0", 400, "must be all"],
    ["sequence:welcom", 404, "did you mean welcome?"],
    ["sequence:welcome@9", 404, "version 9"],
    ["inbox:mails", 404, "did you mean mail?"],
  ])("%s is refused", async (scope, status, detail) => {
    const answer = await http.call("POST", "/v1/halts", { scope });
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toContain(detail);
  });

  it("let go what they kept back", async () => {
    const { body } = await http.call("POST", "/v1/enrollments", {
      sequence: "billing",
      target: { type: "contact", id: "parked" },
      contact: {},
    });
    await http.call("POST", "/v1/halts", { scope: "sequence:billing" });
    await http.db
      .updateTable("enrollments")
      .set({ parked_by: "sequence:billing" })
      .where("id", "=", body.id)
      .execute();
    expect((await http.call("GET", `/v1/enrollments/${body.id}`)).body.halted_by).toBe(
      "sequence:billing",
    );
    const woken = http.woken.dispatcher;
    await http.call("DELETE", "/v1/halts?scope=sequence:billing");
    const free = (await http.call("GET", `/v1/enrollments/${body.id}`)).body;
    expect(free.halted_by).toBeNull();
    expect(free.history.at(-1)).toMatchObject({
      type: "unhalted",
      data: { scope: "sequence:billing", by: "a operator" },
    });
    expect(http.woken.dispatcher).toBeGreaterThan(woken);
  });
});

describe("what is published", () => {
  it("is listed and read", async () => {
    const { body } = await http.call("GET", "/v1/sequences?limit=1");
    expect(body.data).toMatchObject([
      { id: "billing", active_version: 1, target: "contact", purpose: "transactional", steps: 2 },
    ]);
    const next = await http.call("GET", `/v1/sequences?limit=1&cursor=${body.next_cursor}`);
    expect(next.body).toMatchObject({
      data: [{ id: "welcome", active_version: 2 }],
      next_cursor: null,
    });
    expect((await http.call("GET", "/v1/sequences/welcome")).body.id).toBe("welcome");
    expect((await http.call("GET", "/v1/sequences/billing")).body).toMatchObject({
      active_version: 1,
      live_enrollments: expect.arrayContaining([
        { version: 1, step: expect.any(String), count: expect.any(Number) },
      ]),
    });
    const unknown = await http.call("GET", "/v1/sequences/welcme");
    expect(unknown.status).toBe(404);
    expect(unknown.body.detail).toContain("did you mean welcome?");
  });

  it("has versions", async () => {
    const first = await http.call("GET", "/v1/sequences/welcome/versions?limit=1");
    expect(first.body.data).toMatchObject([
      { sequence: "welcome", version: 2, digest: "digest-2" },
    ]);
    const second = await http.call(
      "GET",
      `/v1/sequences/welcome/versions?limit=1&cursor=${first.body.next_cursor}`,
    );
    expect(second.body).toMatchObject({ data: [{ version: 1 }], next_cursor: null });
    const one = await http.call("GET", "/v1/sequences/welcome/versions/1");
    expect(one.body).toMatchObject({ version: 1, document: textDocument("welcome"), source: "" });
    expect((await http.call("GET", "/v1/sequences/welcome/versions/7")).status).toBe(404);
    expect((await http.call("GET", "/v1/sequences/welcome/versions/x")).status).toBe(400);
    expect((await http.call("GET", "/v1/sequences/nope/versions")).status).toBe(404);
  });
});

describe("the source", () => {
  it("is reconciled on request, once the controller answers", async () => {
    answersAt = http.clock.now();
    const answer = await http.call("POST", "/v1/reconcile", { acknowledge: "a".repeat(40) });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ conditions: [], reconciliation: null });
    const state = await http.db.selectFrom("source_state").selectAll().executeTakeFirstOrThrow();
    expect(state.acknowledged_sha).toBe("a".repeat(40));
    expect(state.requested_at?.getTime()).toBe(http.clock.now());
    expect(http.woken.controller).toBeGreaterThan(0);
  });

  it("says 202 where nobody answers in time", async () => {
    answersAt = null;
    http.clock.advance(1_000);
    expect((await http.call("POST", "/v1/reconcile")).status).toBe(202);
  });

  it("tells the latest reconciliation with its findings", async () => {
    const diagnostics = [
      {
        rule: "yaml",
        severity: "error",
        file: "a.yaml",
        line: 1,
        column: 2,
        endLine: 1,
        endColumn: 3,
        message: "no",
      },
    ];
    const common = {
      started_at: new Date(NOW),
      finished_at: new Date(NOW),
      author: "A",
      subject: "S",
    };
    for (const [n, outcome] of (["applied", "failed"] as const).entries()) {
      await http.db
        .insertInto("reconciliations")
        .values({
          ...common,
          id: newId(NOW + n),
          commit_sha: String(n).repeat(40),
          outcome,
          diagnostics: JSON.stringify(outcome === "failed" ? diagnostics : []),
          changes: JSON.stringify({ versions: [], retired: [], attributes: [], policy: false }),
        })
        .execute();
    }
    const { body } = await http.call("POST", "/v1/reconcile");
    expect(body.reconciliation).toMatchObject({ outcome: "failed", diagnostics });
    const page = await http.call("GET", "/v1/reconciliations?limit=1");
    expect(page.body.data).toMatchObject([
      { outcome: "failed", diagnostics, changes: { policy: false } },
    ]);
    const rest = await http.call(
      "GET",
      `/v1/reconciliations?limit=1&cursor=${page.body.next_cursor}`,
    );
    expect(rest.body).toMatchObject({ data: [{ outcome: "applied" }], next_cursor: null });
  });

  it("is suspended and resumed", async () => {
    expect((await http.call("POST", "/v1/source/suspend")).body.suspended).toBe(true);
    expect((await http.call("GET", "/v1/status")).body.source.suspended).toBe(true);
    const woken = http.woken.controller;
    expect((await http.call("POST", "/v1/source/resume")).body.suspended).toBe(false);
    expect(http.woken.controller).toBe(woken + 1);
  });

  it.each([{ acknowledge: "main" }, { acknowledge: "abc123" }, { force: true }])(
    "refuses %j",
    async (body) => {
      expect((await http.call("POST", "/v1/reconcile", body)).status).toBe(400);
    },
  );
});

describe("status and health", () => {
  it("tells delivery, source, counts and halts", async () => {
    const { body } = await http.call("GET", "/v1/status", undefined, { role: "viewer" });
    expect(body).toMatchObject({
      delivery: "outbox",
      conditions: [],
      source: { url: null, suspended: false, last_applied_sha: null },
      enrollments: { active: 1 },
      halts: [],
      version: "0.0.0-test",
    });
  });

  it("is ready, until the schema is older than the release", async () => {
    expect((await http.app.inject("/health/ready")).json()).toEqual({
      status: "ready",
      reasons: [],
    });
    const rows = await http.db
      .selectFrom("kysely_migration" as never)
      .selectAll()
      .execute();
    await http.db.deleteFrom("kysely_migration" as never).execute();
    const answer = await http.app.inject("/health/ready");
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({
      status: "not_ready",
      reasons: [expect.stringContaining("0001-initial")],
    });
    await http.db
      .insertInto("kysely_migration" as never)
      .values(rows)
      .execute();
    expect((await http.app.inject("/health/live")).json()).toEqual({ status: "ok" });
  });
});

describe("settling a message", () => {
  async function unknownMessage(id: string): Promise<{ enrollment: string; message: string }> {
    const { body } = await http.call("POST", "/v1/enrollments", {
      sequence: "welcome",
      target: { type: "contact", id },
      contact: {},
    });
    const message = newId(http.clock.now());
    const at = new Date(http.clock.now());
    await http.db
      .insertInto("messages")
      .values({
        id: message,
        enrollment_id: body.id,
        step_id: "a",
        attempt: 1,
        state: "unknown",
        due_at: at,
        created_at: at,
        updated_at: at,
      })
      .execute();
    await http.db
      .updateTable("enrollments")
      .set({ state: "held", reason: "unknown: it may have been sent" })
      .where("id", "=", body.id)
      .execute();
    return { enrollment: body.id, message };
  }

  it("as sent goes on with the next step", async () => {
    const { enrollment, message } = await unknownMessage("settle-sent");
    const answer = await http.call("POST", `/v1/messages/${message}/settle`, { as: "sent" });
    expect(answer.body).toMatchObject({ id: message, enrollment_id: enrollment, state: "sent" });
    const { body } = await http.call("GET", `/v1/enrollments/${enrollment}`);
    expect(body).toMatchObject({ state: "active", next_step: "b", messages: [{ state: "sent" }] });
    expect(body.history.at(-1)).toMatchObject({
      type: "settled",
      data: { message, as: "sent", by: "a operator" },
    });
    expect((await http.call("POST", `/v1/messages/${message}/settle`, { as: "sent" })).status).toBe(
      409,
    );
  });

  it("as not sent tries the step again, as the next attempt", async () => {
    const { enrollment, message } = await unknownMessage("settle-not");
    await http.call("POST", `/v1/messages/${message}/settle`, { as: "not_sent" });
    const { body } = await http.call("GET", `/v1/enrollments/${enrollment}`);
    expect(body).toMatchObject({
      state: "active",
      next_step: "a",
      messages: [{ state: "failed" }],
    });
    const row = await http.db
      .selectFrom("enrollments")
      .select("attempt")
      .where("id", "=", enrollment)
      .executeTakeFirstOrThrow();
    expect(row.attempt).toBe(2);
  });

  it("comes before a retry, a skip does not pass it over", async () => {
    const { enrollment, message } = await unknownMessage("settle-first");
    for (const action of ["retry", "skip"]) {
      const answer = await http.call("POST", `/v1/enrollments/${enrollment}/${action}`);
      expect(answer.status).toBe(409);
      expect(answer.body.detail).toContain(message);
    }
  });

  it("of an enrollment that has ended only tells its history", async () => {
    const { enrollment, message } = await unknownMessage("settle-ended");
    await http.call("POST", `/v1/enrollments/${enrollment}/exit`);
    await http.call("POST", `/v1/messages/${message}/settle`, { as: "sent" });
    const { body } = await http.call("GET", `/v1/enrollments/${enrollment}`);
    expect(body.state).toBe("exited");
    expect(body.history.at(-1).type).toBe("settled");
  });

  it.each([
    [{ as: "maybe" }, 400],
    [{}, 400],
    [{ as: "sent" }, 404],
  ])("refuses %j", async (body, status) => {
    const url = "/v1/messages/01900000-0000-7000-8000-000000000000/settle";
    expect((await http.call("POST", url, body)).status).toBe(status);
  });
});
