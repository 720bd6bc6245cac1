import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readConfig } from "../../cli/serve/config.ts";
import { startServer, type Server } from "../../cli/serve/server.ts";
import { createLog } from "../../runtime/log.ts";
import { cadenza } from "../support/cli.ts";
import { testClock } from "../support/clock.ts";
import {
  createRepository,
  serveRepository,
  type GitRemote,
  type TestRepository,
} from "../support/git-remote.ts";

/**
 * A server that is given a secret for everything, and to which everything happens that usually does. None of what it
 * then logs, answers, shows, counts or prints may hold one of them.
 */
const KEY = "canary-api-key-0123456789";
const GIVEN = {
  CADENZA_SECRET_USER: "canary-smtp-user",
  CADENZA_SECRET_PASSWORD: "canary-smtp-password",
  CADENZA_SECRET_TWILIO: "canary-twilio-token",
  CADENZA_SECRET_META: "canary-meta-token",
  CADENZA_SECRET_APP: "canary-meta-app",
  CADENZA_SECRET_VERIFY: "canary-meta-verify",
  CADENZA_SECRET_HOOK: "canary-gateway-hook",
  CADENZA_AI_KEY: "canary-model-key",
} as const;
const HOOK_KEY = Buffer.from("canary-outgoing-hook-signs-events").toString("base64");
const HOOK_TOKEN = "canary-outgoing-hook-address";

const FILES = {
  "cadences/cadenza.yaml": "kind: Workspace\nname: Test\ntimezone: UTC\n",
  "cadences/mail.yaml": `kind: Inbox
id: mail
channel: email
provider: smtp
from: Test <hello@example.com>
host: 127.0.0.1
port: 1
secure: false
credentials:
  user: \${env:CADENZA_SECRET_USER}
  password: \${env:CADENZA_SECRET_PASSWORD}
  webhook_secret: \${env:CADENZA_SECRET_HOOK}
`,
  "cadences/sms.yaml": `kind: Inbox
id: sms
channel: sms
provider: twilio
from: "+15550100"
credentials:
  account_sid: \${env:CADENZA_SECRET_USER}
  auth_token: \${env:CADENZA_SECRET_TWILIO}
`,
  "cadences/wa.yaml": `kind: Inbox
id: wa
channel: whatsapp
provider: meta
from: "+15550100"
credentials:
  access_token: \${env:CADENZA_SECRET_META}
  phone_number_id: \${env:CADENZA_SECRET_USER}
  app_secret: \${env:CADENZA_SECRET_APP}
  verify_token: \${env:CADENZA_SECRET_VERIFY}
`,
  "cadences/welcome.yaml": `kind: Sequence
id: welcome
target: contact
defaults: { channel: email }
steps:
  - id: hello
    wait: immediately
    content: { subject: Hello, body: The first mail. }
`,
  "cadences/written.yaml": `kind: Sequence
id: written
target: contact
defaults: { channel: email }
steps:
  - id: hello
    wait: immediately
    compose: ai_full
    ai: { intent: Say hello, tone: warm }
    content: { subject: Hello, body: The text without a model. }
`,
};

let repository: TestRepository;
let remote: GitRemote;
let dataDir: string;
let server: Server;
let url: string;
/** A model, and whoever is told of events, that refuse whatever they are asked. */
const refusing = createServer((_request, response) => response.writeHead(401).end("no"));
/** All that anybody gets to see. */
const seen: string[] = [];
const secrets: string[] = [];

beforeAll(async () => {
  await new Promise<void>((resolve) => refusing.listen(0, "127.0.0.1", resolve));
  const { port } = refusing.address() as AddressInfo;
  repository = await createRepository();
  await repository.commit(FILES);
  remote = await serveRepository(repository);
  dataDir = await mkdtemp(join(tmpdir(), "cadenza-secrets-"));
  const clock = testClock("2026-03-02T10:00:00Z");
  const env = {
    ...GIVEN,
    CADENZA_DELIVERY: "live",
    CADENZA_ALLOWED_HOSTS: "127.0.0.1",
    CADENZA_SOURCE_TOKEN: remote.token,
    CADENZA_AI_URL: `http://127.0.0.1:${port}/v1`,
    CADENZA_AI_MODEL: "a-model",
    CADENZA_WEBHOOK_URL: `http://127.0.0.1:${port}/${HOOK_TOKEN}`,
    CADENZA_WEBHOOK_SECRET: `whsec_${HOOK_KEY}`,
  };
  secrets.push(KEY, ...Object.values(GIVEN), HOOK_KEY, HOOK_TOKEN, remote.token);
  server = await startServer({
    config: readConfig({ port: "0", data: dataDir, source: remote.url }, env, dataDir),
    apiKey: KEY,
    env,
    clock,
    log: createLog((line) => void seen.push(line), clock),
    version: "0.0.0",
  });
  url = server.url ?? "";
});

afterAll(async () => {
  await server?.stop();
  await remote?.close();
  refusing.close();
  await repository?.remove();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

/** Asks, and keeps the whole answer. */
async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(`${url}${path}`, { redirect: "manual", ...init });
  const text = await response.clone().text();
  seen.push(JSON.stringify([...response.headers]), text);
  return response;
}
const withKey = { authorization: `Bearer ${KEY}` };
const json = { ...withKey, "content-type": "application/json" };
const post = (path: string, body: unknown, headers: Record<string, string> = json) =>
  ask(path, {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

async function cli(argv: readonly string[], env: Record<string, string> = {}): Promise<number> {
  const given = { CADENZA_SERVER: url, CADENZA_API_KEY: KEY, ...env };
  const { code, out, err } = await cadenza(argv, { env: given, cwd: dataDir });
  seen.push(out, err);
  return code;
}

test("what happens to a server, and goes wrong, tells nobody a secret", async () => {
  expect((await post("/v1/reconcile", {})).status).toBe(200);

  // A provider and a model that refuse.
  const ids: string[] = [];
  for (const sequence of ["welcome", "written"]) {
    const contact = { id: sequence, email: `${sequence}@example.com` };
    const target = { type: "contact", id: sequence };
    const answer = await post("/v1/enrollments", { sequence, target, contact });
    expect(answer.status).toBe(201);
    ids.push(((await answer.json()) as { id: string }).id);
  }
  await vi.waitFor(
    async () => {
      const figures = await (await fetch(`${url}/metrics`)).text();
      expect(figures).toMatch(/cadenza_sends_total\{[^}]*inbox="mail"/);
    },
    { timeout: 60_000, interval: 200 },
  );

  // Keys and webhooks, wrong and nearly right.
  for (const authorization of [`Bearer ${KEY}x`, `Basic ${KEY}`, `bearer  ${KEY} `]) {
    await ask("/v1/status", { headers: { authorization } });
  }
  await post("/v1/enrollments", `{"sequence": "${KEY}`);
  await post("/v1/keys", { name: "x", role: KEY.slice(0, 3) });
  for (const inbox of ["email/mail", "twilio/sms", "meta/wa", "whatsapp_web/wa"]) {
    for (const secret of ["wrong", GIVEN.CADENZA_SECRET_HOOK]) {
      await post(`/webhooks/${inbox}`, "{", {
        "content-type": "application/json",
        "x-cadenza-secret": secret,
        "x-twilio-signature": "wrong",
        "x-hub-signature-256": "sha256=wrong",
      });
    }
  }
  await ask("/webhooks/meta/wa?hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1");

  // A source that no longer lets anybody in.
  await remote.close();
  await post("/v1/reconcile", {});

  // Whatever can be read.
  const form = { "content-type": "application/x-www-form-urlencoded" };
  await post("/sign-in", new URLSearchParams({ key: `${KEY}x` }).toString(), form);
  const signIn = await post("/sign-in", new URLSearchParams({ key: KEY }).toString(), form);
  expect(signIn.status).toBe(303);
  const cookie = signIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const pages = ["/", "/enrollments", "/approvals", "/attention", "/reconciliations", "/audit"];
  for (const path of [...pages, "/sequences/welcome", ...ids.map((id) => `/enrollments/${id}`)]) {
    expect((await ask(path, { headers: { cookie } })).status, path).toBe(200);
  }
  const open = ["/metrics", "/openapi.json", "/health/ready", "/health/live"];
  for (const path of open) await ask(path);
  const read = ["status", "keys", "audit", "enrollments", "sequences", "reconciliations", "halts"];
  for (const path of [
    ...read,
    "sequences/welcome/versions/1",
    ...ids.map((id) => `enrollments/${id}`),
  ]) {
    expect((await ask(`/v1/${path}`, { headers: withKey })).status, path).toBe(200);
  }
  for (const argv of [["status"], ["enrollments"], ["reconcile"], ["approvals"]]) await cli(argv);
  await cli(["status"], { CADENZA_API_KEY: `${KEY}x` });
  await cli(["status"], { CADENZA_SERVER: "http://127.0.0.1:1" });

  const all = seen.join("\n");
  expect(all).toContain("Commits");
  expect(all).toContain("cadenza_");
  for (const secret of secrets) {
    expect(all, secret).not.toContain(secret);
    expect(all, secret).not.toContain(Buffer.from(secret).toString("base64"));
  }
});

test("a server that cannot start tells no secret either", async () => {
  const printed: string[] = [];
  const database = "canary-database-password";
  const token = "canary-token-in-address";
  const cases: readonly [string[], Record<string, string>][] = [
    [[], { DATABASE_URL: `postgres://me:${database}@127.0.0.1:1/db` }],
    [[], { DATABASE_URL: `postgres://me:${database}@127.0.0.1:99999/db` }],
    [[], { DATABASE_URL: `postgres://me:${database}%zz@127.0.0.1:1/db` }],
    [[], { DATABASE_URL: `me:${database}@127.0.0.1:1/db` }],
    [[], { DATABASE_URL: `postgres://me:${database}@nowhere.invalid/db?sslmode=nonsense` }],
    [["--source", `ftp://me:${token}@127.0.0.1:1/a.git`], {}],
    [["--source", `https://me:${token}@127.0.0.1:99999/a.git`], {}],
    [["--source", `-https://me:${token}@127.0.0.1/a.git`], {}],
    [[], { CADENZA_API_KEY: `${token} with a blank` }],
    [[], { CADENZA_WEBHOOK_URL: `http://example.com/${token}`, CADENZA_WEBHOOK_SECRET: token }],
    [[], { CADENZA_WEBHOOK_URL: "https://example.com", CADENZA_WEBHOOK_SECRET: token }],
  ];
  for (const [flags, env] of cases) {
    const source = flags.length > 0 ? flags : ["--source", repository.path];
    const data = join(dataDir, "other");
    const argv = ["serve", "--port", "0", "--data", data, ...source];
    const { code, out, err } = await cadenza(argv, { env, cwd: dataDir });
    expect(code, `${JSON.stringify(env)} ${err}`).toBe(2);
    printed.push(out, err);
  }
  expect(printed.join("\n")).not.toContain(database);
  expect(printed.join("\n")).not.toContain(token);
});
