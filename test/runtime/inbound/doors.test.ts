import { expect, test } from "vitest";
import { APP_SECRET, describeInbound, metaBody, newPhone } from "./harness.ts";

const sms = {
  MessageSid: "SM1",
  From: "+15550101",
  To: "+15550100",
  Body: "Hi",
  SmsStatus: "received",
};
const text = (from: string, id = "wamid.1") => ({
  messages: [{ from, id, type: "text", text: { body: "Hi" } }],
});
const form = { "content-type": "application/x-www-form-urlencoded" };

describeInbound("a webhook's door", (inbound) => {
  test("lets in what Twilio signed, and answers TwiML that says nothing", async () => {
    const { status, text: answer } = await inbound().twilio(sms);
    expect([status, answer]).toEqual([200, "<Response/>"]);
    expect(await inbound().inbound()).toHaveLength(1);
  });

  test.each<[string, (signature: string) => [url: string, body: string, Record<string, string>]]>([
    ["no signature", () => ["/webhooks/twilio/text", new URLSearchParams(sms).toString(), form]],
    [
      "another body",
      (s) => [
        "/webhooks/twilio/text",
        "MessageSid=SM1&Body=Bye",
        { ...form, "x-twilio-signature": s },
      ],
    ],
    [
      "another address",
      (s) => [
        "/webhooks/twilio/text?message=1",
        new URLSearchParams(sms).toString(),
        { ...form, "x-twilio-signature": s },
      ],
    ],
    ["an empty body", (s) => ["/webhooks/twilio/text", "", { ...form, "x-twilio-signature": s }]],
  ])("refuses Twilio's message with %s", async (_, forge) => {
    const i = inbound();
    const { getExpectedTwilioSignature } = (await import("twilio")).default;
    const url = "https://cadenza.example.com/webhooks/twilio/text";
    const signature = getExpectedTwilioSignature("a twilio token", url, sms);
    expect((await i.post(...forge(signature))).status).toBe(401);
    expect(await i.inbound()).toEqual([]);
  });

  test("refuses another account's token", async () => {
    expect((await inbound().twilio(sms, { token: "another" })).status).toBe(401);
  });

  test.each([
    ["changed", (body: string) => body.replace("Hi", "Ho")],
    ["serialised again", (body: string) => JSON.stringify(JSON.parse(body), null, 1)],
    ["empty", () => ""],
  ])("refuses Meta's body when it was %s", async (_, tamper) => {
    const i = inbound();
    const { createHmac } = await import("node:crypto");
    const body = JSON.stringify(metaBody(text("15550101")));
    const signature = `sha256=${createHmac("sha256", APP_SECRET).update(body).digest("hex")}`;
    const headers = { "content-type": "application/json", "x-hub-signature-256": signature };
    expect((await i.post("/webhooks/meta/wa", tamper(body), headers)).status).toBe(401);
    expect((await i.post("/webhooks/meta/wa", body, headers)).status).toBe(200);
  });

  test("verifies Meta's address by its token alone", async () => {
    const { app } = inbound();
    const ask = (token: string, mode = "subscribe") =>
      app.inject(
        `/webhooks/meta/wa?hub.mode=${mode}&hub.verify_token=${encodeURIComponent(token)}&hub.challenge=1158201444`,
      );
    const good = await ask("a verify token");
    expect([good.statusCode, good.body]).toEqual([200, "1158201444"]);
    expect(good.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect((await ask("another")).statusCode).toBe(403);
    expect((await ask("a verify token", "unsubscribe")).statusCode).toBe(403);
  });

  test("hands what is about another number of the same app to its inbox, and no other app's", async () => {
    const i = inbound();
    await i.meta(text("15550102", "wamid.2"), { number: "100200301" });
    await i.meta(text("15550103", "wamid.3"), { number: "100200302" });
    await i.meta(text("15550104", "wamid.4"), { number: "999" });
    expect(await i.inbound()).toMatchObject([{ inbox_id: "wa-two", address: "+15550102" }]);
  });

  test.each([
    ["an inbox that does not exist", "/webhooks/twilio/nowhere"],
    ["an inbox of another provider", "/webhooks/twilio/wa"],
    ["an odd one", "/webhooks/meta/..%2Fwa"],
  ])("says the same of %s", async (_, url) => {
    const headers = { ...form, "x-twilio-signature": "x", "x-hub-signature-256": "x" };
    const { status, text: answer } = await inbound().post(url, "a=b", headers);
    expect(status).toBe(404);
    expect(JSON.parse(answer).detail).toBe("There is no such webhook");
  });

  test("asks to come again while the server lacks the secret", async () => {
    expect((await inbound().twilio(sms, { to: "unset" })).status).toBe(503);
  });

  test.each([
    ["/webhooks/email/mail", "message/rfc822"],
    ["/webhooks/whatsapp_web/web", "application/json"],
  ])("%s needs the inbox's secret, before it reads anything", async (url, type) => {
    const i = inbound();
    const headers = { "content-type": type };
    expect((await i.post(url, "{}", headers)).status).toBe(401);
    expect((await i.post(url, "{}", { ...headers, "x-cadenza-secret": "wrong" })).status).toBe(401);
    const huge = Buffer.alloc(27 * 1024 * 1024);
    expect((await i.post(url, huge, { ...headers, authorization: "Bearer wrong" })).status).toBe(
      401,
    );
    const right = { ...headers, authorization: "Bearer a shared secret" };
    expect(
      (await i.post(url, "{}", { ...right, "x-cadenza-secret": "a shared secret" })).status,
    ).toBe(200);
    expect(
      (await i.post(url, huge, { ...right, "x-cadenza-secret": "a shared secret" })).status,
    ).toBe(413);
  });

  test("refuses a body that is no JSON, and passes over JSON that says nothing", async () => {
    const i = inbound();
    expect((await i.metaRaw("{")).status).toBe(400);
    for (const odd of [
      "null",
      "[]",
      "1",
      '{"entry":{}}',
      '{"entry":[null]}',
      '{"entry":[{"changes":[{"value":[]}]}]}',
    ]) {
      expect((await i.metaRaw(odd)).status, odd).toBe(200);
    }
  });

  test("takes text that PostgreSQL cannot hold", async () => {
    const i = inbound();
    const from = newPhone().slice(1);
    const value = {
      messages: [{ from, id: "wamid.nul", type: "text", text: { body: "a\0b\ud800" } }],
    };
    expect((await i.meta(value)).status).toBe(200);
    expect(await i.inbound()).toMatchObject([{ body: "ab\ufffd" }]);
  });

  test("of a gateway takes a signature once, and a recorded one never", async () => {
    const i = inbound();
    const { createHmac } = await import("node:crypto");
    const body = JSON.stringify({ event: "connection.update", data: {} });
    const seconds = i.t.h.clock.now() / 1000;
    const v1 = createHmac("sha256", "a shared secret").update(`${seconds}.${body}`).digest("hex");
    const headers = {
      "content-type": "application/json",
      "x-cadenza-signature": `t=${seconds},v1=${v1}`,
    };
    const url = "/webhooks/whatsapp_web/web";
    expect((await i.post(url, body, headers)).status).toBe(200);
    expect((await i.post(url, `${body} `, headers)).status).toBe(401);
    i.t.h.clock.advance({ minutes: 6 });
    expect((await i.post(url, body, headers)).status).toBe(401);
  });
});
