import { createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readConfig } from "../../cli/serve/config.ts";
import { startServer, type Server } from "../../cli/serve/server.ts";
import { metaBody } from "../runtime/inbound/harness.ts";
import { findChromium, launchChromium } from "../support/browser.ts";
import { testClock } from "../support/clock.ts";
import { createRepository, type TestRepository } from "../support/git-remote.ts";
import { silent } from "../support/harness.ts";
import { createDatabase, type TestPostgres } from "../support/postgres.ts";
import { json, startProvider, type Provider } from "../support/provider.ts";

/**
 * The whole conversation on real parts: commits from git, PostgreSQL, signed webhooks, a model's endpoint and a
 * browser. Time is jumped, never slept.
 */
const KEY = "a-key-for-tests";
const APP_SECRET = "an app secret";
const DRAFT = "Hello Bia, may we help you with your charge?";

const FILES = {
  "cadences/cadenza.yaml": `kind: Workspace
name: Harbour Street
timezone: America/Sao_Paulo
channels: { automatic: [whatsapp, email] }
approvers: [team@example.com]
`,
  "cadences/inboxes.yaml": `kind: Inbox
id: front-desk
channel: whatsapp
provider: meta
from: "+15550100100"
credentials:
  access_token: \${env:CADENZA_SECRET_TOKEN}
  phone_number_id: \${env:CADENZA_SECRET_NUMBER}
  app_secret: \${env:CADENZA_SECRET_APP}
`,
  "cadences/mail.yaml": `kind: Inbox
id: mail
channel: email
provider: outbox
from: hello@example.com
`,
  "cadences/charge-due.yaml": `kind: WhatsAppTemplate
id: charge-due
inbox: front-desk
name: charge_due
language: pt_BR
category: utility
body: "Olá {{1}}, a sua cobrança vence hoje."
`,
  "cadences/charge.yaml": `kind: Sequence
id: charge
target: contact
defaults: { channel: whatsapp }
steps:
  - id: notice
    wait: immediately
    content: "{{ contact.first_name | default('Olá') }}, podemos ajudar com a sua cobrança?"
    outside_window:
      template: charge-due
      parameters: ["{{ contact.first_name | default('você') }}"]
  - id: nudge
    wait: 1 day
    content: "Ainda podemos ajudar?"
    outside_window:
      template: charge-due
      parameters: ["{{ contact.first_name | default('você') }}"]
`,
  "cadences/offer.yaml": `kind: Sequence
id: offer
target: contact
defaults: { channel: email }
steps:
  - id: help
    wait: immediately
    compose: ai_assisted
    ai: { intent: "Offer help with the charge.", max_characters: 300 }
    content: { subject: "Your charge", body: "Hello, can we help?" }
`,
};

describe.skipIf(findChromium() === null)("the whole conversation", () => {
  const clock = testClock("2026-03-02T13:00:00Z");
  let repository: TestRepository;
  let database: TestPostgres;
  let model: Provider;
  let dataDir: string;
  let server: Server;

  beforeAll(async () => {
    [repository, database, model, dataDir] = await Promise.all([
      createRepository(),
      createDatabase(),
      startProvider(
        json(200, {
          choices: [{ message: { role: "assistant", content: DRAFT } }],
          usage: { prompt_tokens: 200, completion_tokens: 20 },
        }),
      ),
      mkdtemp(join(tmpdir(), "cadenza-conversation-")),
    ]);
    await repository.commit(FILES);
    const env = {
      DATABASE_URL: database.url,
      CADENZA_DATA: dataDir,
      CADENZA_SECRET_TOKEN: "a token",
      CADENZA_SECRET_NUMBER: "100200300",
      CADENZA_SECRET_APP: APP_SECRET,
      CADENZA_AI_URL: `${model.url}/v1`,
      CADENZA_AI_MODEL: "writer",
    };
    const options = { port: "0", data: dataDir, source: repository.path };
    const config = readConfig(options, env, dataDir);
    server = await startServer({ config, apiKey: KEY, env, clock, log: silent, version: "0.0.0" });
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    await model?.close();
    await database?.drop();
    await repository?.remove();
    if (dataDir) await rm(dataDir, { recursive: true, force: true });
  });

  // oxlint-disable-next-line typescript/no-explicit-any -- the test says what it expects of it
  async function api(method: string, path: string, body?: unknown): Promise<any> {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    expect(response.ok, `${method} ${path}: ${response.status}`).toBe(true);
    return response.json();
  }
  const enroll = async (sequence: string, id: string, data: object): Promise<string> => {
    const contact = { id, ...data };
    const body = { sequence, target: { type: "contact", id }, contact };
    return (await api("POST", "/v1/enrollments", body)).id;
  };
  const read = (enrollment: string) => api("GET", `/v1/enrollments/${enrollment}`);
  const eventually = (check: () => Promise<void>) =>
    vi.waitFor(check, { timeout: 30_000, interval: 50 });
  const sent = (enrollment: string, messages: readonly object[]) =>
    eventually(async () => expect((await read(enrollment)).messages).toMatchObject(messages));

  let replies = 0;
  /** What Meta sends when somebody writes. */
  async function write(from: string, text: string, secret = APP_SECRET): Promise<number> {
    const timestamp = String(Math.floor(clock.now() / 1_000));
    const message = {
      from,
      id: `wamid.${(replies += 1)}`,
      timestamp,
      type: "text",
      text: { body: text },
    };
    const contacts = [{ wa_id: from, profile: { name: "x" } }];
    const body = JSON.stringify(metaBody({ contacts, messages: [message] }));
    const signature = createHmac("sha256", secret).update(body).digest("hex");
    const response = await fetch(`${server.url}/webhooks/meta/front-desk`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-hub-signature-256": `sha256=${signature}` },
      body,
    });
    return response.status;
  }

  test("the commit is published", async () => {
    const reconciled = await api("POST", "/v1/reconcile", {});
    expect(reconciled).toMatchObject({ conditions: [{ type: "Ready", status: true }, {}, {}] });
  });

  test("a template outside the window, a reply that opens it and ends the cadence", async () => {
    const ana = { first_name: "Ana", phone: "+5511987650001" };
    const first = await enroll("charge", "ana", ana);
    await sent(first, [
      {
        step: "notice",
        state: "sent",
        channel: "whatsapp",
        text: "Olá Ana, a sua cobrança vence hoje.",
        template: { name: "charge_due", language: "pt_BR", parameters: ["Ana"] },
        reason: expect.stringContaining("outside the 24 h window"),
      },
    ]);

    clock.advance({ hours: 2 });
    expect(await write("5511987650001", "Já paguei!", "a wrong secret")).toBe(401);
    expect(await read(first)).toMatchObject({ state: "active" });
    expect(await write("5511987650001", "Já paguei!")).toBe(200);
    await eventually(async () =>
      expect(await read(first)).toMatchObject({ state: "exited", reason: "reply" }),
    );
    expect((await api("GET", "/v1/contacts/ana")).inbound_messages).toMatchObject([
      { inbox: "front-desk", text: "Já paguei!" },
    ]);

    clock.advance({ hours: 1 });
    const second = await enroll("charge", "ana", {});
    const text = "Ana, podemos ajudar com a sua cobrança?";
    // Once its result is recorded: the next step's wait counts from the clock of that moment.
    await sent(second, [{ state: "sent", text, template: null, channel: "whatsapp" }]);

    // Nothing more is said in the cadence that the reply has ended.
    clock.advance({ hours: 30 });
    server.runtime?.kick();
    await sent(second, [{ step: "notice" }, { step: "nudge", template: { name: "charge_due" } }]);
    expect((await read(first)).messages).toHaveLength(1);
  });

  test("a second contact says STOP in Portuguese", async () => {
    const phone = "+5511987650002";
    const enrollment = await enroll("charge", "rui", { first_name: "Rui", phone });
    await sent(enrollment, [{ state: "sent" }]);
    expect(await write("5511987650002", "Parar!")).toBe(200);
    await eventually(async () =>
      expect(await read(enrollment)).toMatchObject({ state: "exited", reason: "opted_out" }),
    );
    const { data } = await api("GET", "/v1/suppressions");
    const suppressed = { channel: "whatsapp", address: phone, purpose: "all" };
    expect(data).toContainEqual(expect.objectContaining(suppressed));
    const again = await enroll("charge", "rui", {});
    await eventually(async () =>
      expect(await read(again)).toMatchObject({
        state: "exited",
        reason: "opted_out",
        messages: [],
      }),
    );
  });

  test("a third gets a draft that a person edits and approves in a browser", async () => {
    const email = "bia@example.com";
    const enrollment = await enroll("offer", "bia", { first_name: "Bia", email });
    await sent(enrollment, [{ step: "help", state: "awaiting_approval", text: DRAFT }]);
    const asked = JSON.parse(model.asked[0]!.text);
    expect(asked.model).toBe("writer");

    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
      await page.goto(`${server.url}/approvals`);
      await page.fill("#key", KEY);
      await page.keyboard.press("Enter");
      await page.waitForSelector("nav");
      await page.goto(`${server.url}/approvals`);
      expect(await page.textContent("main")).toContain("bia");
      await page.keyboard.press("j");
      await page.keyboard.press("e");
      await page.keyboard.press("ControlOrMeta+End");
      await page.keyboard.type("\nYours, Carla");
      await page.keyboard.press("Escape");
      await Promise.all([page.waitForNavigation(), page.keyboard.press("a")]);
    } finally {
      await browser.close();
    }

    await sent(enrollment, [
      { state: "sent", channel: "email", address: email, text: `${DRAFT}\nYours, Carla` },
    ]);
    const { state, history } = await read(enrollment);
    expect(state).toBe("completed");
    const approved = history.find((event: { type: string }) => event.type === "approved");
    expect(approved.data).toMatchObject({ by: expect.any(String), edited: true });
  });
});
