import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createTwilio, type TwilioSettings } from "../../../runtime/channels/twilio.ts";
import { inbox } from "../../core/enrollment/fixtures.ts";
import { delivery } from "../../support/delivery.ts";

const ACCOUNT = `AC${"0".repeat(32)}`;
const never = new AbortController().signal;
const sms = delivery({
  channel: "sms",
  inbox: inbox("text", "sms", { from: "+15550100" }),
  to: "+15550123",
  subject: null,
  text: "Hi Ana & all",
});

interface Asked {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly form: Record<string, string>;
}

let server: Server | null = null;

/** Twilio's API as far as it is used here. */
async function twilioApi(
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<{ baseUrl: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      const { authorization } = request.headers;
      asked.push({
        path: request.url,
        authorization,
        form: Object.fromEntries(new URLSearchParams(body)),
      });
      answer(response, request);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

function channel(baseUrl: string, given: Partial<TwilioSettings> = {}) {
  const credentials = { accountSid: ACCOUNT, authToken: "token", messagingServiceSid: null };
  return createTwilio({ ...credentials, connections: 4, baseUrl, statusCallback: null, ...given });
}

const created = (response: ServerResponse) =>
  response.writeHead(201, { "content-type": "application/json" }).end('{"sid":"SM1"}');
const refused = (status: number, code: number) => (response: ServerResponse) =>
  response
    .writeHead(status, { "content-type": "application/json" })
    .end(JSON.stringify({ code, message: `error ${code}`, status }));

test("files go as addresses for Twilio to fetch", async () => {
  const { baseUrl, asked } = await twilioApi(created);
  const attachments = [{ url: "https://example.com/42.pdf", name: "charge.pdf" }];
  await channel(baseUrl).send({ ...sms, attachments }, never);
  expect(asked[0]?.form).toMatchObject({ MediaUrl: "https://example.com/42.pdf" });
  await channel(baseUrl).send(sms, never);
  expect(asked[1]?.form).not.toHaveProperty("MediaUrl");
});

describe("a message of which nobody knows whether it went out", () => {
  const since = Date.parse("2026-03-02T10:00:00.400Z");
  const listed = (...given: object[]) => {
    const messages = given.map((one, index) => ({
      sid: `SM${index}`,
      body: sms.text,
      direction: "outbound-api",
      date_created: "Mon, 02 Mar 2026 10:00:00 +0000",
      ...one,
    }));
    return (response: ServerResponse) =>
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ messages, next_page_uri: null }));
  };
  const sought = { channel: "sms", to: sms.to, text: sms.text, since } as const;

  test("is found by its number, its words and its time", async () => {
    const { baseUrl, asked } = await twilioApi(
      listed(
        { body: "Something else" },
        {},
        { direction: "inbound" },
        { date_created: "Mon, 02 Mar 2026 09:59:59 +0000" },
      ),
    );
    expect(await channel(baseUrl).lookUp!(sought, never)).toEqual(["SM1"]);
    const query = new URL(`http://x${asked[0]?.path}`).searchParams;
    expect(query.get("To")).toBe(sms.to);
    expect(query.get("DateSent>")).toBe("2026-03-02T10:00:00Z");
  });

  test("on WhatsApp too", async () => {
    const { baseUrl, asked } = await twilioApi(listed());
    expect(await channel(baseUrl).lookUp!({ ...sought, channel: "whatsapp" }, never)).toEqual([]);
    const query = new URL(`http://x${asked[0]?.path}`).searchParams;
    expect(query.get("To")).toBe(`whatsapp:${sms.to}`);
  });
});

describe("an SMS", () => {
  test("goes from the inbox's number, with the account's credentials", async () => {
    const { baseUrl, asked } = await twilioApi(created);
    expect(await channel(baseUrl).send(sms, never)).toEqual({ kind: "sent", providerId: "SM1" });
    expect(asked).toEqual([
      {
        path: `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`,
        authorization: `Basic ${Buffer.from(`${ACCOUNT}:token`).toString("base64")}`,
        form: { To: "+15550123", From: "+15550100", Body: "Hi Ana & all" },
      },
    ]);
  });

  test("goes from a messaging service, where there is one", async () => {
    const { baseUrl, asked } = await twilioApi(created);
    await channel(baseUrl, { messagingServiceSid: "MG1" }).send(sms, never);
    expect(asked[0]!.form).toEqual({
      To: "+15550123",
      MessagingServiceSid: "MG1",
      Body: "Hi Ana & all",
    });
  });

  test("that is too long is not even tried", async () => {
    const { baseUrl, asked } = await twilioApi(created);
    const result = await channel(baseUrl).send({ ...sms, text: "x".repeat(1601) }, never);
    expect(result).toMatchObject({ kind: "permanent", code: "21617" });
    expect(asked).toEqual([]);
  });
});

describe("a WhatsApp message", () => {
  const chat = {
    ...sms,
    channel: "whatsapp",
    inbox: inbox("wa", "whatsapp", { from: "+15550100" }),
  } as const;

  test("goes between WhatsApp's addresses; its reports come back with our id", async () => {
    const { baseUrl, asked } = await twilioApi(created);
    const statusCallback = "https://cadenza.example.com/webhooks/twilio/wa";
    await channel(baseUrl, { statusCallback }).send(chat, never);
    expect(asked[0]!.form).toEqual({
      To: "whatsapp:+15550123",
      From: "whatsapp:+15550100",
      Body: "Hi Ana & all",
      StatusCallback: `${statusCallback}?message=${chat.id}`,
    });
  });

  test.each([
    [["Ana", "two\nlines"], { 1: "Ana", 2: "two lines" }],
    [{ first_name: "Ana" }, { first_name: "Ana" }],
  ])(
    "outside the window is approved content, its variables %j as JSON",
    async (parameters, expected) => {
      const { baseUrl, asked } = await twilioApi(created);
      const template = { id: "n", content_sid: `HX${"0".repeat(32)}`, language: "en", parameters };
      await channel(baseUrl).send({ ...chat, template }, never);
      const { ContentVariables, ...form } = asked[0]!.form;
      expect(form).toEqual({
        To: "whatsapp:+15550123",
        From: "whatsapp:+15550100",
        ContentSid: template.content_sid,
      });
      expect(JSON.parse(ContentVariables!)).toEqual(expected);
    },
  );

  test("without a content_sid is not even tried: somebody must mend the template", async () => {
    const { baseUrl, asked } = await twilioApi(created);
    const template = { id: "n", name: "n", language: "en", parameters: [] };
    expect(await channel(baseUrl).send({ ...chat, template }, never)).toMatchObject({
      kind: "permanent",
      means: "template",
    });
    expect(asked).toEqual([]);
  });
});

describe("what a failure means", () => {
  test.each([
    [400, 21211, { kind: "permanent", code: "21211" }],
    [400, 21610, { kind: "permanent", code: "21610", means: "opted_out" }],
    [400, 63016, { kind: "permanent", code: "63016", means: "outside_window" }],
    [400, 21656, { kind: "permanent", code: "21656", means: "template" }],
    [400, 30007, { kind: "permanent", code: "30007" }],
    [403, 21408, { kind: "permanent", code: "21408" }],
    [400, 30003, { kind: "retry", code: "30003" }],
    [429, 20429, { kind: "snooze", code: "20429", afterMs: 30_000 }],
    [401, 20003, { kind: "snooze", code: "inbox_unusable" }],
    [403, 20003, { kind: "snooze", code: "inbox_unusable" }],
    [500, 20500, { kind: "ambiguous" }],
    [503, 20503, { kind: "ambiguous" }],
  ])("HTTP %i, error %i: %j", async (status, code, expected) => {
    const { baseUrl, asked } = await twilioApi(refused(status, code));
    expect(await channel(baseUrl).send(sms, never)).toMatchObject(expected);
    // Twilio has no idempotency key, so the library must not try again by itself.
    expect(asked).toHaveLength(1);
  });

  test("an answer that is lost leaves it open", async () => {
    const { baseUrl } = await twilioApi((response) => response.destroy());
    expect(await channel(baseUrl).send(sms, never)).toMatchObject({ kind: "ambiguous" });
  });

  test("an answer that is no JSON and no success leaves it open", async () => {
    const { baseUrl } = await twilioApi((response) => response.writeHead(502).end("<html>"));
    expect(await channel(baseUrl).send(sms, never)).toMatchObject({ kind: "ambiguous" });
  });

  test("no connection: certainly not sent", async () => {
    const { baseUrl } = await twilioApi(created);
    server!.close();
    await once(server!, "close");
    expect(await channel(baseUrl).send(sms, never)).toMatchObject({
      kind: "retry",
      code: "ECONNREFUSED",
    });
  });
});
