import { beforeAll, describe, expect, it } from "vitest";
import { SESSION_MS } from "../../../runtime/console/session.ts";
import { revokeApiKey, createApiKey } from "../../../store/api-keys.ts";
import { newId } from "../../../store/ids.ts";
import { textDocument } from "../../support/rows.ts";
import { useApp } from "../http/harness.ts";

const http = useApp();
const FORM = { "content-type": "application/x-www-form-urlencoded", host: "cadenza.example.com" };

function signIn(key: string, headers: Record<string, string> = {}) {
  return http.app.inject({
    method: "POST",
    url: "/sign-in",
    headers: { ...FORM, ...headers },
    payload: new URLSearchParams({ key }).toString(),
  });
}

async function cookieOf(key: string): Promise<string> {
  const [cookie] = (await signIn(key)).cookies;
  return `${cookie?.name}=${cookie?.value}`;
}

async function home(cookie?: string) {
  return http.app.inject({ url: "/", headers: cookie === undefined ? {} : { cookie } });
}

describe("signing in", () => {
  it("is asked for", async () => {
    const page = await home();
    expect(page.statusCode).toBe(200);
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(page.body).toContain('<input id="key" name="key" type="password"');
    expect(page.body).not.toContain("Enrollments");
  });

  it("takes any role's key, and keeps a signed session that no script can read", async () => {
    for (const key of Object.values(http.keys)) {
      const answer = await signIn(`  ${key} `);
      expect(answer.statusCode).toBe(303);
      expect(answer.headers.location).toBe("/");
      const cookie = answer.headers["set-cookie"];
      expect(cookie).toMatch(
        /^cadenza_session=[\w.-]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
      );
      expect(cookie).not.toContain(key);
    }
    const secure = await signIn(http.keys.viewer, { "x-forwarded-proto": "https" });
    expect(secure.headers["set-cookie"]).toContain("; Secure");
  });

  it.each(["", "cdz_wrong", "x".repeat(5_000)])("says what is wrong with %j", async (key) => {
    const answer = await signIn(key);
    expect(answer.statusCode).toBe(401);
    expect(answer.body).toContain("unknown or was revoked");
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  it.each([
    [{ "sec-fetch-site": "cross-site" }],
    [{ "sec-fetch-site": "same-site" }],
    [{ "sec-fetch-site": "none" }],
    [{ origin: "https://evil.example.net" }],
    [{ origin: "null" }],
  ] as Record<string, string>[][])("refuses another site's form: %j", async (headers) => {
    const answer = await signIn(http.keys.operator, headers);
    expect(answer.statusCode).toBe(403);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  it("takes its own", async () => {
    expect((await signIn(http.keys.operator, { "sec-fetch-site": "same-origin" })).statusCode).toBe(
      303,
    );
    expect(
      (await signIn(http.keys.operator, { origin: "https://cadenza.example.com" })).statusCode,
    ).toBe(303);
  });

  it("takes forms only", async () => {
    const answer = await http.app.inject({
      method: "POST",
      url: "/sign-in",
      headers: { ...FORM, "content-type": "application/json" },
      payload: JSON.stringify({ key: http.keys.operator }),
    });
    expect(answer.statusCode).toBe(415);
  });

  it("ends: signed out, revoked, run out, forged", async () => {
    const cookie = await cookieOf(http.keys.operator);
    expect((await home(cookie)).body).toContain("Enrollments");
    const out = await http.app.inject({ method: "POST", url: "/sign-out", headers: { cookie } });
    expect(out.statusCode).toBe(303);
    expect(out.headers["set-cookie"]).toContain("cadenza_session=; Max-Age=0");

    const key = await createApiKey(
      http.db,
      { name: "short-lived", role: "viewer" },
      http.clock.now(),
    );
    const theirs = await cookieOf(key.key);
    expect((await home(theirs)).body).toContain("Enrollments");
    await revokeApiKey(http.db, key.id, http.clock.now());
    expect((await home(theirs)).body).toContain("Sign in");

    expect((await home(`${cookie}x`)).body).toContain("Sign in");
    http.clock.advance(SESSION_MS);
    expect((await home(cookie)).body).toContain("Sign in");
    http.clock.advance(-SESSION_MS);
  });

  it("counts for the console only", async () => {
    const cookie = await cookieOf(http.keys.operator);
    const answer = await http.app.inject({ url: "/v1/status", headers: { cookie } });
    expect(answer.statusCode).toBe(401);
  });
});

describe("the first page", () => {
  let cookie: string;
  beforeAll(async () => {
    cookie = await cookieOf(http.keys.viewer);
  });

  it("says how to begin where nothing is there", async () => {
    const { body } = await home(cookie);
    expect(body).toContain("Nothing is published yet");
    expect(body).toContain("Nobody is enrolled yet");
    expect(body).toContain("No message yet");
    expect(body).toContain("<strong>Outbox only.</strong>");
  });

  it("shows source, sequences, enrollments and messages, and escapes all that comes from outside", async () => {
    const now = new Date(http.clock.now());
    const evil = `<img src=x onerror="alert(1)"> & "quotes" {{ 7*7 }}`;
    await http.publish({ ...textDocument("welcome") });
    await http.db
      .updateTable("sequences")
      .set({ name: evil })
      .where("id", "=", "welcome")
      .execute();
    const conditions = [
      {
        type: "Stalled",
        status: true,
        reason: "Invalid",
        message: "the latest commit is not valid",
        since: now.toISOString(),
      },
    ];
    await http.db
      .updateTable("source_state")
      .set({
        url: "/repo",
        branch: "main",
        last_applied_sha: "a".repeat(40),
        last_applied_at: now,
        conditions: JSON.stringify(conditions),
      })
      .execute();
    const { body: enrolled } = await http.call("POST", "/v1/enrollments", {
      sequence: "welcome",
      target: { type: "contact", id: evil },
      contact: {},
    });
    await http.db
      .insertInto("messages")
      .values({
        id: newId(http.clock.now()),
        enrollment_id: enrolled.id,
        step_id: "a",
        attempt: 1,
        state: "sent",
        channel: "email",
        inbox_id: "mail",
        address: "ana@example.com",
        subject: evil,
        body: `Hi ${evil}`,
        html: `<p>${evil}</p>`,
        reason: evil,
        due_at: now,
        created_at: now,
        sent_at: now,
        updated_at: now,
      })
      .execute();
    await http.call("POST", "/v1/halts", { scope: "all" });
    await http.call("POST", "/v1/halts", { scope: "sequence:welcome" });

    const page = await home(cookie);
    expect(page.statusCode).toBe(200);
    expect(page.body).not.toContain("<img");
    expect(page.body).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;");
    expect(page.body).toContain("{{ 7*7 }}");
    for (const text of [
      "Stalled",
      "the latest commit is not valid",
      "aaaaaaaa",
      "welcome",
      "ana@example.com",
      "Halted",
      "<code>cadenza resume --all</code>",
      "<code>cadenza resume welcome</code>",
      "just now",
    ]) {
      expect(page.body).toContain(text);
    }
  });

  it("says why a message failed, where the eye looks", async () => {
    const [row] = await http.db.selectFrom("messages").selectAll().execute();
    await http.db
      .updateTable("messages")
      .set({ state: "failed", reason: "no phone number", error: null })
      .where("id", "=", row?.id ?? "")
      .execute();
    const { body } = await home(cookie);
    expect(body).toContain('<p class="problem break">no phone number</p>');
    expect(body).not.toContain("<span>no phone number</span>");
  });

  it("shows no next step of what has ended", async () => {
    const next = '<td data-label="Next">';
    const { data } = (await http.call("GET", "/v1/enrollments")).body;
    expect((await home(cookie)).body).not.toContain(`${next}<span class="quiet">—`);
    for (const { id } of data) await http.call("POST", `/v1/enrollments/${id}/exit`);
    expect((await home(cookie)).body).toContain(`${next}<span class="quiet">—`);
  });

  it("tells how to mend what the latest commit has wrong", async () => {
    const diagnostic = {
      rule: "kind-unknown",
      severity: "error",
      file: "sequences/a.yaml",
      line: 2,
      column: 7,
      endLine: 2,
      endColumn: 14,
      message: 'there is no kind "Sequnce"',
      hint: 'did you mean "Sequence"?',
    };
    const now = new Date(http.clock.now());
    await http.db
      .insertInto("reconciliations")
      .values({
        id: newId(http.clock.now()),
        commit_sha: "b".repeat(40),
        outcome: "failed",
        diagnostics: JSON.stringify([diagnostic]),
        changes: JSON.stringify({}),
        started_at: now,
        finished_at: now,
      })
      .execute();
    const { body } = await home(cookie);
    expect(body).toContain("there is no kind &quot;Sequnce&quot;");
    expect(body).toContain("did you mean &quot;Sequence&quot;?");
    expect(body).toContain("stays live");
  });

  it("has an icon of its own", async () => {
    const icon = await http.app.inject("/favicon.svg");
    expect(icon.statusCode).toBe(200);
    expect(icon.headers["content-type"]).toContain("image/svg+xml");
    expect((await home(cookie)).body).toContain('<link rel="icon" href="/favicon.svg"');
  });

  it("loads nothing from elsewhere, runs no script, and sits in no frame", async () => {
    const page = await home(cookie);
    const policy = String(page.headers["content-security-policy"]);
    for (const rule of [
      "default-src 'none'",
      "frame-ancestors 'none'",
      "form-action 'self'",
      "base-uri 'none'",
    ]) {
      expect(policy).toContain(rule);
    }
    expect(policy).not.toMatch(/unsafe|https?:/);
    expect(page.body).not.toMatch(/<script|style="|(src|href)="(https?:)?\/\//);
    expect(page.headers["cache-control"]).toBe("no-store");
    const styles = await http.app.inject("/console.css");
    expect(styles.headers["content-type"]).toContain("text/css");
    expect(styles.body).not.toMatch(/url\(|@import/);
  });
});
