import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Channel, Delivery } from "../../runtime/channels/channel.ts";
import { createMeta } from "../../runtime/channels/meta.ts";
import { createTwilio } from "../../runtime/channels/twilio.ts";
import { inbox } from "../core/enrollment/fixtures.ts";
import { delivery } from "../support/delivery.ts";
import { startProvider } from "../support/provider.ts";

/**
 * Every form of request that goes to Twilio and to Meta, held against the provider's own OpenAPI document
 * by a mock made of it; and against what those documents leave open.
 */
const SPECS = resolve(process.env["CADENZA_SPECS"] ?? "../shared/specs");
const TWILIO = join(SPECS, "twilio_messages.reduced.json");
const META = join(SPECS, "meta_whatsapp.patched.json");
const hasSpecs = existsSync(TWILIO) && existsSync(META);
if (!hasSpecs) {
  process.stderr.write(`SKIPPED: no provider's documents in ${SPECS}; CADENZA_SPECS names them\n`);
}

const never = new AbortController().signal;
const ACCOUNT = `AC${"0".repeat(32)}`;
const chat = { channel: "whatsapp", to: "+15550123", subject: null, text: "Hi Ana & all" } as const;
const file = { url: "https://example.com/charge.pdf", name: "charge.pdf" };
const picture = { url: "https://example.com/a.png" };

const TEMPLATES = {
  "a template with positional parameters": ["Ana", "42"],
  "a template with named parameters": { first_name: "Ana" },
  "a template without parameters": [],
} as const;
const approved = (parameters: (typeof TEMPLATES)[keyof typeof TEMPLATES]) => ({
  template: {
    id: "notice",
    name: "notice",
    content_sid: `HX${"a".repeat(32)}`,
    language: "pt-BR",
    parameters,
  },
});
const templates = Object.entries(TEMPLATES).map(
  ([name, parameters]): [string, Partial<Delivery>] => [name, { ...chat, ...approved(parameters) }],
);

const TWILIO_FORMS: readonly [string, Partial<Delivery>][] = [
  ["an SMS", { ...chat, channel: "sms" }],
  ["an SMS with files", { ...chat, channel: "sms", attachments: [file, picture] }],
  ["a WhatsApp text", chat],
  ["WhatsApp files", { ...chat, attachments: [picture, file] }],
  ...templates,
];
/** The mock reads every field of a form as one text, and so refuses any list of media. */
const READ_BY_THE_MOCK = TWILIO_FORMS.filter(([, { attachments }]) => attachments === undefined);
const META_FORMS: readonly [string, Partial<Delivery>][] = [
  ["a text", chat],
  ["a text with a link", { ...chat, text: "See https://example.com" }],
  ["a document", { ...chat, attachments: [file] }],
  ["a picture", { ...chat, attachments: [picture] }],
  ["buttons", { ...chat, buttons: [{ text: "Yes", reply: "YES" }, { text: "No" }] }],
  ["buttons under a document", { ...chat, buttons: [{ text: "Yes" }], attachments: [file] }],
  ["buttons under a picture", { ...chat, buttons: [{ text: "Yes" }], attachments: [picture] }],
  ...templates,
];

function twilio(baseUrl: string, messagingServiceSid: string | null = null): Channel {
  return createTwilio({
    accountSid: ACCOUNT,
    authToken: "token",
    messagingServiceSid,
    connections: 2,
    baseUrl,
    statusCallback: "https://cadenza.example.com/webhooks/twilio/wa",
  });
}

const meta = (baseUrl: string) =>
  createMeta({ accessToken: "token", phoneNumberId: "106540352242922", baseUrl });

const messageOf = (given: Partial<Delivery>) =>
  delivery({ inbox: inbox("wa", "whatsapp", { from: "+15550100" }), ...given });

describe.skipIf(!hasSpecs)("the provider's own document accepts", () => {
  const mocks: ChildProcess[] = [];
  const urls = { twilio: "", meta: "" };
  beforeAll(async () => {
    urls.twilio = await startMock(TWILIO, mocks);
    urls.meta = await startMock(META, mocks);
  });
  afterAll(() => {
    for (const mock of mocks) mock.kill("SIGKILL");
  });

  test.each(READ_BY_THE_MOCK)("Twilio: %s", async (_, given) => {
    expect(await twilio(urls.twilio).send(messageOf(given), never)).toMatchObject({ kind: "sent" });
    const service = twilio(urls.twilio, `MG${"0".repeat(32)}`);
    expect(await service.send(messageOf(given), never)).toMatchObject({ kind: "sent" });
  });

  test.each(META_FORMS)("Meta: %s", async (_, given) => {
    expect(await meta(urls.meta).send(messageOf(given), never)).toMatchObject({ kind: "sent" });
  });

  test("and refuses what is wrong: the mocks do look", async () => {
    const nobody = await twilio(urls.twilio).send(messageOf({ ...chat, to: "" }), never);
    const wrong = approved([]).template;
    const template = { ...wrong, content_sid: "nonsense" };
    const sid = await twilio(urls.twilio).send(messageOf({ ...chat, template }), never);
    const empty = await meta(urls.meta).send(messageOf({ ...chat, to: "" }), never);
    const label = { text: "A label that is far too long to be one" };
    const long = await meta(urls.meta).send(messageOf({ ...chat, buttons: [label] }), never);
    const kinds = [nobody, sid, empty, long].map(({ kind }) => kind);
    expect(kinds.slice(1)).toEqual(["permanent", "permanent", "permanent"]);
    // `whatsapp:` and no number is a text to the document.
    expect(kinds[0]).toBe("sent");
  });
});

describe.skipIf(!hasSpecs)("what Twilio's document leaves open", () => {
  test.each(TWILIO_FORMS)(
    "%s: known fields only, a sender, and something said",
    async (_, given) => {
      const document = JSON.parse(await readFile(TWILIO, "utf8")) as TwilioDocument;
      const create = document.paths["/2010-04-01/Accounts/{AccountSid}/Messages.json"]?.post;
      const schema = create?.requestBody.content["application/x-www-form-urlencoded"].schema;
      const known = Object.keys(schema?.properties ?? {});
      expect(known).toContain("ContentVariables");
      const provider = await startProvider((response) =>
        response.writeHead(201).end('{"sid":"SM1"}'),
      );
      await twilio(provider.url).send(messageOf(given), never);
      await provider.close();
      const form = new URLSearchParams(provider.asked[0]?.text);
      expect([...form.keys()].filter((key) => !known.includes(key))).toEqual([]);
      expect(form.get("From")).toMatch(/^(?:whatsapp:)?\+15550100$/);
      expect([form.has("Body"), form.has("ContentSid")].filter(Boolean)).toHaveLength(1);
      if (form.has("ContentVariables")) JSON.parse(form.get("ContentVariables") ?? "");
    },
  );
});

interface TwilioDocument {
  readonly paths: {
    readonly [path: string]: {
      readonly post?: {
        readonly requestBody: {
          readonly content: {
            readonly "application/x-www-form-urlencoded": {
              readonly schema: { readonly properties: object };
            };
          };
        };
      };
    };
  };
}

/** A server that holds each request against a document, and answers with its examples. */
async function startMock(file: string, mocks: ChildProcess[]): Promise<string> {
  const port = await freePort();
  const prism = resolve("node_modules/.bin/prism");
  const mock = spawn(prism, ["mock", "--port", String(port), file], { stdio: "ignore" });
  mocks.push(mock);
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 300; tries += 1) {
    if (mock.exitCode !== null) throw new Error(`the mock ended with ${mock.exitCode}`);
    const answered = await fetch(url).catch(() => null);
    if (answered !== null) return url;
    await pause(100);
  }
  throw new Error("the mock did not come up");
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer().on("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
