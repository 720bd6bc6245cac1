import fastify from "fastify";
import { beforeAll, describe, expect, it } from "vitest";
import { AUDITED, UNAUDITED, useAudit } from "../../../runtime/http/audit.ts";
import { createLog } from "../../../runtime/log.ts";
import { insertContact, startOne, textDocument, waitingFor } from "../../support/rows.ts";
import { useApp } from "./harness.ts";

const http = useApp();
const UUID = "01900000-0000-7000-8000-000000000000";
const FORM = { "content-type": "application/x-www-form-urlencoded", host: "cadenza.example.com" };
let enrollment: string;

/** Bodies and queries that pass the checks of their route. */
const BODIES: { readonly [route: string]: object } = {
  "POST /v1/messages/{id}/settle": { as: "sent" },
  "POST /v1/approvals/{id}/edit": { body: "Nobody's business" },
  "POST /v1/halts": { scope: "all" },
  "POST /v1/migrations": {
    sequence: "welcome",
    from: 1,
    to: 2,
    map: { a: "b" },
    dry_run: true,
  },
  "POST /v1/keys": { name: "billing", role: "viewer" },
};
const QUERIES: { readonly [route: string]: string } = {
  "DELETE /v1/halts": "?scope=all",
  "DELETE /v1/suppressions": "?channel=email&address=ana%40example.com",
};

const newest = async () => (await http.call("GET", "/v1/audit?limit=1")).body.data[0];
const count = async () => {
  const rows = await http.db.selectFrom("audit_log").select("id").execute();
  return rows.length;
};

beforeAll(async () => {
  await http.publish(textDocument("welcome"));
  const now = http.clock.now();
  await insertContact(http.db, "c", {}, now);
  const started = { sequence: "welcome", contact: "c", schedule: waitingFor("a", now, now) };
  enrollment = (await startOne(http.db, started, now))!;
});

describe("every route that changes something", () => {
  /** As OpenAPI writes it. */
  const templated = (route: string) => route.replace(/:(\w+)/g, "{$1}");
  const audited = Object.keys(AUDITED).map(templated);
  const unaudited = Object.keys(UNAUDITED).map(templated);

  it("leaves an entry, or is named among those that do not, with the reason", async () => {
    const { paths } = http.app.swagger() as { paths: Record<string, object> };
    const changing = Object.entries(paths)
      .flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      )
      .filter((route) => route.includes(" /v1/") && !route.startsWith("GET"));
    expect(changing.length).toBeGreaterThan(30);
    const known = [...audited, ...unaudited].filter((route) => route !== "POST /v1/sign-in");
    expect(known.toSorted()).toEqual(changing.toSorted());

    for (const route of changing) {
      const [method = "", path = ""] = route.split(" ");
      const url = path.replace("{id}", UUID).replace("{scope}", "inbox:none");
      const before = await count();
      const answer = await http.call(
        method,
        `${url}${QUERIES[route] ?? ""}`,
        BODIES[route] ?? (method === "DELETE" ? undefined : {}),
      );
      expect(answer.status, `${route}: ${answer.text}`).toBeLessThan(500);
      expect((await count()) - before, route).toBe(unaudited.includes(route) ? 0 : 1);
      if (unaudited.includes(route)) continue;
      const entry = await newest();
      expect(entry, route).toMatchObject({ key_name: "a operator", via: "api" });
      expect(entry.status, route).toBe(answer.status);
      expect(entry.outcome, route).toBe(answer.status < 400 ? "done" : "refused");
    }
  });

  it("that is new does not start without saying so", () => {
    const app = fastify();
    useAudit(app, { db: http.db, clock: http.clock, log: createLog(() => undefined, http.clock) });
    expect(() => app.post("/v1/new", async () => ({}))).toThrow("POST /v1/new does not say");
    expect(() => app.get("/v1/new", async () => ({}))).not.toThrow();
  });
});

describe("an entry", () => {
  it("tells who did what to what, when, from where, and what became of it", async () => {
    const answer = await http.call("POST", `/v1/enrollments/${enrollment}/pause`);
    expect(await newest()).toEqual({
      id: expect.any(String),
      at: new Date(http.clock.now()).toISOString(),
      key_id: expect.any(String),
      key_name: "a operator",
      role: "operator",
      via: "api",
      action: "enrollment.pause",
      subject: enrollment,
      details: {},
      outcome: "done",
      status: 200,
      request_id: answer.headers["x-request-id"],
    });
    await http.call("POST", `/v1/enrollments/${enrollment}/pause`);
    expect(await newest()).toMatchObject({ outcome: "refused", status: 409 });
  });

  it("is left by the console too, and by signing in there", async () => {
    const payload = new URLSearchParams({ key: http.keys.operator }).toString();
    const signIn = await http.app.inject({
      method: "POST",
      url: "/sign-in",
      headers: FORM,
      payload,
    });
    expect(await newest()).toMatchObject({
      action: "console.sign_in",
      via: "console",
      status: 303,
    });
    const cookie = `${signIn.cookies[0]?.name}=${signIn.cookies[0]?.value}`;
    const headers = { ...FORM, cookie };
    const url = `/enrollments/${enrollment}/resume`;
    expect((await http.app.inject({ method: "POST", url, headers })).statusCode).toBe(303);
    expect(await newest()).toMatchObject({
      action: "enrollment.resume",
      via: "console",
      subject: enrollment,
      outcome: "done",
    });
    const page = await http.app.inject({ url: "/audit", headers });
    expect(page.body).toContain("enrollment.resume");
    expect(page.body).toContain('href="/audit"');
    expect(page.body).toContain("{&quot;a&quot;:&quot;b&quot;}");
    const viewer = new URLSearchParams({ key: http.keys.viewer }).toString();
    const other = await http.app.inject({
      method: "POST",
      url: "/sign-in",
      headers: FORM,
      payload: viewer,
    });
    const theirs = { cookie: `${other.cookies[0]?.name}=${other.cookies[0]?.value}` };
    expect((await http.app.inject({ url: "/audit", headers: theirs })).statusCode).toBe(404);
  });

  it("names a new key, and what a role it has", async () => {
    const made = await http.call("POST", "/v1/keys", { name: "billing", role: "enroller" });
    expect(await newest()).toMatchObject({
      action: "key.create",
      subject: made.body.id,
      details: { name: "billing", role: "enroller" },
    });
    expect(JSON.stringify(await newest())).not.toContain(made.body.key);
  });

  it("holds nothing of what people wrote, and no address", async () => {
    await http.call("POST", `/v1/enrollments/${enrollment}/exit`, { reason: "Ana moved to Faro" });
    await http.call("POST", `/v1/approvals/${UUID}/edit`, { body: "Dear Ana", subject: "Ana" });
    await http.call("DELETE", "/v1/suppressions?channel=email&address=ana%40example.com");
    const rows = await http.db.selectFrom("audit_log").selectAll().execute();
    expect(JSON.stringify(rows)).not.toMatch(/ana/i);
    expect(await newest()).toMatchObject({
      action: "suppression.lift",
      details: { channel: "email" },
    });
  });

  it("is not left by what never came to it", async () => {
    const before = await count();
    await http.call("POST", "/v1/halts", { scope: "all" }, { role: "viewer" });
    await http.call("POST", "/v1/halts", { scope: "nonsense" });
    expect(await count()).toBe(before);
  });

  it("stays unknown where the server fails, and nothing is done without one", async () => {
    await http.db.schema.alterTable("halts").renameTo("hidden").execute();
    expect((await http.call("POST", "/v1/halts", { scope: "all" })).status).toBe(500);
    await http.db.schema.alterTable("hidden").renameTo("halts").execute();
    expect(await newest()).toMatchObject({
      action: "halt.create",
      outcome: "unknown",
      status: 500,
    });

    await http.db.schema.alterTable("audit_log").renameTo("hidden").execute();
    expect((await http.call("POST", "/v1/halts", { scope: "all" })).status).toBe(500);
    await http.db.schema.alterTable("hidden").renameTo("audit_log").execute();
    const halts = await http.db.selectFrom("halts").select("scope").execute();
    expect(halts).toEqual([]);
  });
});

describe("the list", () => {
  it("goes by pages, the newest first, and by action or key", async () => {
    const all = await http.call("GET", "/v1/audit?limit=200");
    const first = await http.call("GET", "/v1/audit?limit=2");
    const second = await http.call("GET", `/v1/audit?limit=2&cursor=${first.body.next_cursor}`);
    expect([...first.body.data, ...second.body.data]).toEqual(all.body.data.slice(0, 4));
    const pauses = await http.call("GET", "/v1/audit?action=enrollment.pause");
    expect(new Set(pauses.body.data.map((one: { action: string }) => one.action))).toEqual(
      new Set(["enrollment.pause"]),
    );
    expect((await http.call("GET", "/v1/audit?key=nobody")).body.data).toEqual([]);
  });
});
