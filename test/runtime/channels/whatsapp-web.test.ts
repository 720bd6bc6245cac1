import { afterEach, beforeEach, expect, test } from "vitest";
import { createWhatsAppWeb } from "../../../runtime/channels/whatsapp-web.ts";
import type { Delivery } from "../../../runtime/channels/channel.ts";
import { inbox } from "../../core/enrollment/fixtures.ts";
import { delivery } from "../../support/delivery.ts";
import { json, startProvider, type Provider } from "../../support/provider.ts";

const never = new AbortController().signal;
let gateway: Provider;
beforeEach(async () => {
  gateway = await startProvider(json(201, { key: { id: "3EB0", fromMe: true } }));
});
afterEach(() => gateway.close());

function send(given: Partial<Delivery> = {}, path = "") {
  const settings = { url: `${gateway.url}${path}`, inboxId: "front-desk", token: "a token" };
  const base = { channel: "whatsapp", inbox: inbox("front-desk", "whatsapp") } as const;
  const message = delivery({ ...base, to: "+15550123", subject: null, text: "Hi Ana", ...given });
  return createWhatsAppWeb(settings).send(message, never);
}

test.each([
  ["", "/message/sendText/front-desk"],
  ["/desk", "/message/sendText/desk"],
  ["/gateway/desk/", "/gateway/message/sendText/desk"],
])("a text goes to the instance that the address %j names", async (path, expected) => {
  expect(await send({}, path)).toEqual({ kind: "sent", providerId: "3EB0" });
  expect(gateway.asked).toMatchObject([{ path: expected, headers: { apikey: "a token" } }]);
  expect(JSON.parse(gateway.asked[0]!.text)).toEqual({ number: "15550123", text: "Hi Ana" });
});

test("a file goes as media, the text beside it", async () => {
  await send({ attachments: [{ url: "https://example.com/a.pdf", name: "Charge.pdf" }] });
  expect(gateway.asked[0]?.path).toBe("/message/sendMedia/front-desk");
  expect(JSON.parse(gateway.asked[0]!.text)).toEqual({
    number: "15550123",
    mediatype: "document",
    media: "https://example.com/a.pdf",
    fileName: "Charge.pdf",
    caption: "Hi Ana",
  });
});

test.each([
  [400, { response: { message: [{ exists: false }] } }, "permanent", "not_on_whatsapp"],
  [400, { response: { message: ["bad"] } }, "permanent", "http_400"],
  [401, {}, "snooze", "inbox_unusable"],
  [404, { message: "no instance" }, "snooze", "inbox_unusable"],
  [429, {}, "snooze", "http_429"],
  [500, {}, "ambiguous", "http_500"],
])("HTTP %i %j: %s, %s", async (status, body, kind, code) => {
  gateway.answer = json(status, body);
  const result = await send();
  expect(result).toMatchObject({ kind, code });
  expect(JSON.stringify(result)).not.toContain("a token");
});

test("an answer that is lost leaves it open; no connection was certainly not sent", async () => {
  gateway.answer = (response) => response.destroy();
  expect(await send()).toMatchObject({ kind: "ambiguous" });
  await gateway.close();
  expect(await send()).toMatchObject({ kind: "retry" });
});
