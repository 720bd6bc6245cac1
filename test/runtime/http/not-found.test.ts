import { describe, expect, it } from "vitest";
import { useApp } from "./harness.ts";

const http = useApp();
const BROWSER = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

const ask = (url: string, headers: Record<string, string>, method: "GET" | "POST" = "GET") =>
  http.app.inject({ method, url, headers });

describe("an address that is none", () => {
  it("shows a browser a page that leads on, and can do nothing itself", async () => {
    const answer = await ask("/seqences/%3Cscript%3Ealert(1)%3C/script%3E", BROWSER);
    expect(answer.statusCode).toBe(404);
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
    expect(answer.body).toContain('<a href="/">');
    expect(answer.body).toContain("/seqences/");
    expect(answer.body).not.toContain("<script");
  });

  it.each([
    ["a program", "/nothing", { accept: "application/json" }, "GET"],
    ["whoever says nothing of what they take", "/nothing", {}, "GET"],
    ["a browser that looks at the API", "/v1/nothing", BROWSER, "GET"],
    ["a form", "/nothing", BROWSER, "POST"],
  ] as const)("tells %s a problem", async (_, url, headers, method) => {
    const answer = await ask(url, headers, method);
    expect(answer.statusCode).toBe(404);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
  });
});

describe("an id that cannot be one", () => {
  it.each([
    ["GET", "/v1/enrollments/nope"],
    ["POST", "/v1/enrollments/nope/pause"],
    ["DELETE", "/v1/suppressions/nope"],
  ] as const)("%s %s names nothing", async (method, url) => {
    const { status, body } = await http.call(method, url);
    expect(status).toBe(404);
    expect(body).toMatchObject({
      type: "urn:cadenza:problem:not-found",
      detail: 'There is no "nope" here; ids are UUIDs, as the API gave them',
    });
  });
});

it("one mistake is told with what was meant", async () => {
  const { status, body } = await http.call("PUT", "/v1/contacts/c_1", { frist_name: "Ana" });
  expect(status).toBe(400);
  expect(body.detail).toBe("/frist_name: there is no such field; did you mean first_name?");
});

it("the documentation leads back to the console", async () => {
  const { body } = await http.call("GET", "/openapi.json");
  expect(body.externalDocs).toEqual({ url: "/", description: "The console of this server" });
});
