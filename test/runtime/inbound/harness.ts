import { createHmac } from "node:crypto";
import type { FastifyInstance } from "fastify";
import twilio from "twilio";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { StepChannel } from "../../../core/language/document.ts";
import type { Inbox } from "../../../core/language/policy.ts";
import { createEngine } from "../../../runtime/create-engine.ts";
import { createHttpPorts } from "../../../runtime/http-ports.ts";
import { createApp } from "../../../runtime/http/app.ts";
import { sweepInbound } from "../../../runtime/inbound/receive.ts";
import { createMetrics } from "../../../runtime/metrics/metrics.ts";
import { createUnsubscribeLinks } from "../../../runtime/unsubscribe.ts";
import { inbox } from "../../core/enrollment/fixtures.ts";
import { describeEngine, type EngineTest } from "../../support/engine.ts";
import { silent } from "../../support/harness.ts";
import { publishVersion, textDocument } from "../../support/rows.ts";

const PUBLIC_URL = "https://cadenza.example.com";
const AUTH_TOKEN = "a twilio token";
export const APP_SECRET = "an app secret";
const SECRET = "a shared secret";
const refer = (name: string) => `\${env:CADENZA_SECRET_${name}}`;
const ENV = {
  CADENZA_SECRET_TOKEN: AUTH_TOKEN,
  CADENZA_SECRET_APP: APP_SECRET,
  CADENZA_SECRET_OTHER_APP: "another app's secret",
  CADENZA_SECRET_VERIFY: "a verify token",
  CADENZA_SECRET_SHARED: SECRET,
  CADENZA_SECRET_NUMBER: "100200300",
  CADENZA_SECRET_SECOND_NUMBER: "100200301",
  CADENZA_SECRET_THIRD_NUMBER: "100200302",
};
const meta = (number: string, app = "APP") => ({
  provider: "meta" as const,
  credentials: {
    app_secret: refer(app),
    verify_token: refer("VERIFY"),
    phone_number_id: refer(number),
  },
});
const LIVE: readonly Inbox[] = [
  inbox("mail", "email", {
    provider: "smtp",
    from: "Harbour Street <hello@example.com>",
    credentials: { webhook_secret: refer("SHARED") },
  }),
  inbox("text", "sms", { provider: "twilio", credentials: { auth_token: refer("TOKEN") } }),
  inbox("wa", "whatsapp", meta("NUMBER")),
  inbox("wa-two", "whatsapp", meta("SECOND_NUMBER")),
  inbox("wa-else", "whatsapp", meta("THIRD_NUMBER", "OTHER_APP")),
  inbox("web", "whatsapp", {
    provider: "whatsapp_web",
    credentials: { webhook_secret: refer("SHARED") },
  }),
  inbox("unset", "sms", { provider: "twilio", credentials: { auth_token: refer("NOWHERE") } }),
];

/** The app, the engine and the providers' side of it. */
export class Inbound {
  readonly t: EngineTest;
  readonly app: FastifyInstance;
  constructor(t: EngineTest, app: FastifyInstance) {
    this.t = t;
    this.app = app;
  }

  /** What Twilio sends, signed as Twilio signs it. */
  twilio(fields: Record<string, string>, { query = "", to = "text", token = AUTH_TOKEN } = {}) {
    const url = `/webhooks/twilio/${to}${query}`;
    const signature = twilio.getExpectedTwilioSignature(token, `${PUBLIC_URL}${url}`, fields);
    return this.post(url, new URLSearchParams(fields).toString(), {
      "content-type": "application/x-www-form-urlencoded",
      "x-twilio-signature": signature,
    });
  }

  /** What Meta sends: a `value` of a number, signed over its bytes. */
  meta(value: object, { to = "wa", number = "100200300" } = {}) {
    return this.metaRaw(JSON.stringify(metaBody(value, number)), { to });
  }

  metaRaw(body: string, { to = "wa", secret = APP_SECRET } = {}) {
    return this.post(`/webhooks/meta/${to}`, body, {
      "content-type": "application/json",
      "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    });
  }

  web(event: string, data: unknown) {
    return this.post("/webhooks/whatsapp_web/web", JSON.stringify({ event, instance: "i", data }), {
      "content-type": "application/json",
      "x-cadenza-secret": SECRET,
    });
  }

  mail(lines: readonly string[] | string) {
    const raw = typeof lines === "string" ? lines : lines.join("\r\n");
    return this.post("/webhooks/email/mail", raw, {
      "content-type": "message/rfc822",
      authorization: `Basic ${Buffer.from(`mail:${SECRET}`).toString("base64")}`,
    });
  }

  async post(url: string, payload: string | Buffer, headers: Record<string, string>) {
    const answer = await this.app.inject({ method: "POST", url, payload, headers });
    return { status: answer.statusCode, text: answer.body };
  }

  /** What the sweep does with what could not be applied at once. */
  async sweep(): Promise<void> {
    const { execution } = this.t.h;
    await sweepInbound({ ...execution, log: silent });
  }

  conversationsOf(contact: string) {
    const rows = this.t.db.selectFrom("targets").selectAll().where("type", "=", "conversation");
    return rows.where("contact_id", "=", contact).orderBy("id").execute();
  }

  suppressions() {
    return this.t.db
      .selectFrom("suppressions")
      .select(["channel", "address", "purpose", "reason"])
      .orderBy("address")
      .execute();
  }

  inbound() {
    return this.t.db.selectFrom("inbound_messages").selectAll().orderBy("id").execute();
  }
}

export function metaBody(value: object, number = "100200300") {
  const metadata = { display_phone_number: "15550100", phone_number_id: number };
  const change = {
    field: "messages",
    value: { messaging_product: "whatsapp", metadata, ...value },
  };
  return { object: "whatsapp_business_account", entry: [{ id: "1", changes: [change] }] };
}

/** Sequences by channel, two steps each: `text`, `chat` (the gateway) and `welcome` (mail). */
const SEQUENCES: readonly [string, StepChannel, string][] = [
  ["text", "sms", "text"],
  ["chat", "whatsapp", "web"],
  ["cloud", "whatsapp", "wa"],
];

/** Describes webhooks on a real PostgreSQL. A sent message's provider id is `p-` and its own id. */
export function describeInbound(name: string, tests: (inbound: () => Inbound) => void): void {
  describeEngine(
    name,
    (engine) => {
      let current: Inbound;
      beforeAll(async () => {
        const { db } = engine();
        const clock = { now: () => engine().h.clock.now() };
        const links = createUnsubscribeLinks(PUBLIC_URL, "a secret for tests");
        const wake = { dispatcher() {}, controller() {} };
        const app = await createApp({
          db,
          clock,
          ports: createHttpPorts(db, clock, createEngine(links), wake, silent),
          delivery: "live",
          sessionSecret: "a secret for tests",
          unsubscribe: links,
          publicUrl: PUBLIC_URL,
          env: ENV,
          version: "0.0.0-test",
          log: silent,
          metrics: createMetrics(db, clock),
        });
        await app.ready();
        current = new Inbound(engine(), app);
        for (const [id, channel, to] of SEQUENCES)
          await publishVersion(db, by(id, channel, to), 1, 0);
      });
      afterAll(() => current?.app.close());
      beforeEach(async () => {
        const t = engine();
        for (const table of [
          "inbound_events",
          "inbound_messages",
          "whatsapp_users",
          "targets",
        ] as const) {
          await t.db.deleteFrom(table).execute();
        }
        await t.publish(LIVE);
        t.h.answer = ({ id }) => ({ kind: "sent", providerId: `p-${id}` });
      });
      tests(() => current);
    },
    ["PostgreSQL"],
  );
}

function by(id: string, channel: StepChannel, to: string) {
  const document = textDocument(id);
  return { ...document, steps: document.steps.map((step) => ({ ...step, channel, inbox: to })) };
}

let numbers = 0;

/** A phone number that nobody else has. */
export function newPhone(): string {
  numbers += 1;
  return `+1555${String(numbers).padStart(7, "0")}`;
}
