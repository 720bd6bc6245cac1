import { describe, expect, it } from "vitest";
import type { Role } from "../../../store/schema.ts";
import { ROLES, useApp } from "./harness.ts";

const http = useApp();
const UUID = "01900000-0000-7000-8000-000000000000";
const all: readonly Role[] = ROLES;
const write: readonly Role[] = ["enroller", "operator"];
const approve: readonly Role[] = ["approver", "operator"];
const operate: readonly Role[] = ["operator"];

/** Every route of the API and who may use it: the contract, written down a second time. */
const ROUTES: readonly (readonly [string, string, readonly Role[]])[] = [
  ["POST", "/v1/enrollments", write],
  ["POST", "/v1/enrollments/bulk", write],
  ["GET", "/v1/enrollments", all],
  ["GET", "/v1/enrollments/{id}", all],
  ...["pause", "resume", "exit", "retry", "skip"].map(
    (action) => ["POST", `/v1/enrollments/{id}/${action}`, write] as const,
  ),
  ["POST", "/v1/messages/{id}/settle", operate],
  ...["contacts", "conversations", "deals", "appointments", "charges", "agents"].flatMap(
    (entity) =>
      [
        ["PUT", `/v1/${entity}/{id}`, write],
        ["GET", `/v1/${entity}/{id}`, all],
      ] as const,
  ),
  ["DELETE", "/v1/contacts/{id}", operate],
  ["GET", "/v1/conversations/{id}/messages", all],
  ["GET", "/v1/approvals", all],
  ...["approve", "edit", "discard"].map(
    (action) => ["POST", `/v1/approvals/{id}/${action}`, approve] as const,
  ),
  ["POST", "/v1/events", write],
  ["POST", "/v1/suppressions", write],
  ["GET", "/v1/suppressions", all],
  ["DELETE", "/v1/suppressions", operate],
  ["DELETE", "/v1/suppressions/{id}", operate],
  ["POST", "/v1/halts", operate],
  ["GET", "/v1/halts", all],
  ["DELETE", "/v1/halts", operate],
  ["DELETE", "/v1/halts/{scope}", operate],
  ["POST", "/v1/migrations", operate],
  ["GET", "/v1/migrations", all],
  ["GET", "/v1/migrations/{id}", all],
  ["GET", "/v1/sequences", all],
  ["GET", "/v1/sequences/{id}", all],
  ["GET", "/v1/sequences/{id}/versions", all],
  ["GET", "/v1/sequences/{id}/versions/{version}", all],
  ["POST", "/v1/preview", all],
  ["GET", "/v1/attributes", all],
  ["GET", "/v1/reconciliations", all],
  ["POST", "/v1/reconcile", operate],
  ["POST", "/v1/source/suspend", operate],
  ["POST", "/v1/source/resume", operate],
  ["POST", "/v1/keys", operate],
  ["GET", "/v1/keys", operate],
  ["POST", "/v1/keys/{id}/rotate", operate],
  ["DELETE", "/v1/keys/{id}", operate],
  ["GET", "/v1/audit", operate],
  ["GET", "/v1/status", all],
];
const PUBLIC = [
  ["GET", "/health/live"],
  ["GET", "/health/ready"],
] as const;
/** Without an API key: each has its provider's own proof. */
const WEBHOOKS = [
  ["POST", "/webhooks/git"],
  ["GET", "/webhooks/meta/{inbox}"],
  ["POST", "/webhooks/meta/{inbox}"],
  ["POST", "/webhooks/twilio/{inbox}"],
  ["POST", "/webhooks/whatsapp_web/{inbox}"],
  ["POST", "/webhooks/email/{inbox}"],
] as const;

function address(path: string): string {
  return path
    .replace("{id}", path.includes("sequences") ? "none" : UUID)
    .replace("{version}", "1")
    .replace("{scope}", "all");
}

describe("the table of routes", () => {
  it("is complete", () => {
    const { paths } = http.app.swagger() as { paths: Record<string, object> };
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const expected = [...ROUTES, ...PUBLIC, ...WEBHOOKS].map(
      ([method, path]) => `${method} ${path}`,
    );
    expect(described.toSorted()).toEqual(expected.toSorted());
  });
});

describe.each(ROUTES)("%s %s", (method, path, allowed) => {
  const ask = (headers: Record<string, string>) =>
    http.app.inject({
      method: method,
      url: address(path),
      headers,
    });

  it("needs a key", async () => {
    for (const headers of [
      {},
      { authorization: "Bearer cdz_wrong" },
      { authorization: "Basic YTpi" },
      { authorization: "Bearer " },
    ]) {
      const answer = await ask(headers as Record<string, string>);
      expect(answer.statusCode).toBe(401);
      expect(answer.headers["www-authenticate"]).toContain("Bearer");
      expect(answer.json()).toMatchObject({
        type: "urn:cadenza:problem:unauthenticated",
        status: 401,
      });
    }
  });

  it.each(ROLES)("as %s", async (role) => {
    const answer = await ask({ authorization: `Bearer ${http.keys[role]}` });
    if (allowed.includes(role)) {
      expect([401, 403]).not.toContain(answer.statusCode);
      expect(answer.statusCode).toBeLessThan(500);
    } else {
      expect(answer.statusCode).toBe(403);
      expect(answer.json().detail).toContain(`is a ${role}'s`);
    }
  });
});

describe.each(PUBLIC)("%s %s", (method, path) => {
  it("needs no key", async () => {
    expect((await http.app.inject({ method, url: path })).statusCode).toBe(200);
  });
});
