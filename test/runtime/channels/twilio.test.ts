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
  return createTwilio({ ...credentials, connections: 4, baseUrl, ...given });
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

describe("what a failure means", () => {
  test.each([
    [400, 21211, { kind: "permanent", code: "21211" }],
    [400, 21610, { kind: "permanent", code: "21610" }],
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
