import { beforeAll, describe, expect, test } from "vitest";
import type { Role } from "../../../store/schema.ts";
import { furnish } from "../../support/showroom.ts";
import { insertContact, startOne, textDocument, waitingFor } from "../../support/rows.ts";
import { useApp } from "../http/harness.ts";

const http = useApp();
const FORM = { "content-type": "application/x-www-form-urlencoded", host: "cadenza.example.com" };
const HOSTILE = '"><script>alert(1)</script>';
let enrollment: string;
let people: ReadonlyMap<string, string>;

async function cookieOf(role: Role): Promise<string> {
  const payload = new URLSearchParams({ key: http.keys[role] }).toString();
  const answer = await http.app.inject({ method: "POST", url: "/sign-in", headers: FORM, payload });
  const [cookie] = answer.cookies;
  return `${cookie?.name}=${cookie?.value}`;
}

async function get(url: string, role: Role = "viewer") {
  return http.app.inject({ url, headers: { cookie: await cookieOf(role) } });
}

async function post(url: string, role: Role, headers: Record<string, string> = {}) {
  const cookie = await cookieOf(role);
  return http.app.inject({ method: "POST", url, headers: { ...FORM, cookie, ...headers } });
}

beforeAll(async () => {
  await http.publish({ ...textDocument("welcome"), name: `Welcome ${HOSTILE}` });
  const now = http.clock.now();
  await insertContact(http.db, `c ${HOSTILE}`, { name: HOSTILE }, now);
  const schedule = waitingFor("a", now, now);
  const started = { sequence: "welcome", contact: `c ${HOSTILE}`, schedule };
  enrollment = (await startOne(http.db, started, now))!;
  people = await furnish(http.db, now);
});

describe("a page", () => {
  test.each([
    "/enrollments",
    "/enrollments?state=active&sequence=welcome",
    `/enrollments?contact=${encodeURIComponent(HOSTILE)}`,
    "/enrollments?after=nonsense&state=nonsense&sequence=%00",
    "/messages",
    "/messages?state=sent&inbox=mail",
    "/messages?after=nonsense&state=nonsense&inbox=%00",
    "/approvals",
    "/attention",
    "/reconciliations",
    "/sequences/welcome",
    "/sequences/welcome?version=1",
  ])("%s is shown to whoever is signed in, and nothing in it becomes markup", async (url) => {
    const page = await get(url);
    expect(page.statusCode).toBe(200);
    expect(page.body).not.toContain("<script>alert");
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
    const unsigned = await http.app.inject({ url });
    expect(unsigned.body).toContain('id="key"');
    expect(unsigned.body).not.toContain("<table");
  });

  test.each([
    "/enrollments/nonsense",
    "/enrollments/01900000-0000-7000-8000-000000000000",
    "/sequences/nobody",
    "/sequences/welcome?version=99",
    "/sequences/welcome?version=x",
    "/messages/nonsense/html",
  ])("%s does not exist", async (url) => {
    expect((await get(url)).statusCode).toBe(404);
  });

  test("a sequence's page draws the cadence, says what a version changed, and how far its messages got", async () => {
    const { body } = await get("/sequences/charge-reminder");
    expect(body).toContain("3 business days, at 09:30");
    expect(body).toMatch(/<code>help<\/code> changed/);
    expect(body).toContain('<del class="break">Do you need help?</del>');
    expect(body).toMatch(/<code>last<\/code> added/);
    expect(body).toContain("A. Writer");
    expect(body).toMatch(/data-label="Read" class="number">2 </);
    expect(body).toMatch(/data-label="Replied" class="number">1 </);
    expect(body).toMatch(/data-label="Cost" class="number">0.000995</);
    expect((await get("/sequences/charge-reminder?version=1")).body).toContain(
      "has sent nothing yet",
    );
  });

  test("a message says where it comes from: commit, line, prompt and approver", async () => {
    const { body } = await get(`/enrollments/${people.get("c-1006")}`);
    expect(body).toContain("sequences/charge-reminder.yaml:21");
    expect(body).toContain("rewritten and approved by Front desk");
    expect(body).toContain("You write one e-mail’s text.");
  });

  test("what a person wrote back is shown beside what was sent", async () => {
    const { body } = await get(`/enrollments/${people.get("c-1002")}`);
    expect(body).toContain("They replied");
    expect(body).toContain("Paid this morning, thank you!");
    expect((await get(`/enrollments/${people.get("c-1001")}`)).body).not.toContain("Paid this");
  });

  test("what is held is retried where it is listed, but for a send that somebody must settle first", async () => {
    const { body } = await get("/attention", "operator");
    expect(body).toContain(`/enrollments/${people.get("c-1003")}/retry`);
    expect(body).toContain(`/enrollments/${people.get("c-1004")}/retry`);
    expect(body).not.toContain(`/enrollments/${people.get("c-1005")}/retry`);
    expect(body).toContain("settle it first");
    expect((await get("/attention")).body).not.toContain("/retry");
  });

  test("messages are searched by state and inbox", async () => {
    const found = (await get("/messages?state=failed")).body;
    expect(found).toContain("not a valid phone number");
    expect(found).not.toContain("no answer within 18 s");
    expect((await get("/messages?inbox=mail")).body).not.toContain("front-desk");
  });

  test("an enrollment tells what happened, in words", async () => {
    const page = await get(`/enrollments/${enrollment}`);
    expect(page.body).toContain("Enrolled in version 1");
    expect(page.body).not.toContain("Pause");
    expect((await get(`/enrollments/${enrollment}`, "operator")).body).toContain("Pause");
  });
});

describe("an action", () => {
  test("is for those whose key may do it", async () => {
    const url = `/enrollments/${enrollment}/pause`;
    expect((await post(url, "viewer")).statusCode).toBe(403);
    expect((await post(url, "approver")).statusCode).toBe(403);
    const paused = await post(url, "operator");
    expect([paused.statusCode, paused.headers.location]).toEqual([
      303,
      `/enrollments/${enrollment}`,
    ]);
    const again = await post(url, "operator");
    expect(again.statusCode).toBe(409);
    expect(again.body).toContain("Only an active enrollment can be paused");
    expect((await post(`/enrollments/${enrollment}/resume`, "operator")).statusCode).toBe(303);
  });

  test.each([
    [{ "sec-fetch-site": "cross-site" }],
    [{ "sec-fetch-site": "same-site" }],
    [{ origin: "https://evil.example" }],
  ])("is not done for another site: %j", async (headers) => {
    const url = `/enrollments/${enrollment}/exit`;
    expect((await post(url, "operator", headers)).statusCode).toBe(403);
    const row = http.db.selectFrom("enrollments").select("state").where("id", "=", enrollment);
    expect(await row.executeTakeFirst()).toEqual({ state: "active" });
  });

  test("is not done without a session, or on what does not exist", async () => {
    const unsigned = {
      method: "POST",
      url: `/enrollments/${enrollment}/exit`,
      headers: FORM,
    } as const;
    expect((await http.app.inject(unsigned)).statusCode).toBe(401);
    for (const url of ["/enrollments/x/pause", "/approvals/x/approve", "/messages/x/settle"]) {
      expect((await post(url, "operator")).statusCode).toBe(404);
    }
  });
});
