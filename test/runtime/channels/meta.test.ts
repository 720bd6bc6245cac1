import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMeta } from "../../../runtime/channels/meta.ts";
import type { Delivery } from "../../../runtime/channels/channel.ts";
import { inbox } from "../../core/enrollment/fixtures.ts";
import { delivery } from "../../support/delivery.ts";
import { json, startProvider, type Provider } from "../../support/provider.ts";

const never = new AbortController().signal;
const accepted = json(200, {
  messaging_product: "whatsapp",
  contacts: [{ input: "+15550123", wa_id: "15550123" }],
  messages: [{ id: "wamid.1" }],
});
let meta: Provider;
beforeEach(async () => {
  meta = await startProvider(accepted);
});
afterEach(() => meta.close());

function send(given: Partial<Delivery> = {}) {
  const channel = createMeta({
    accessToken: "token",
    phoneNumberId: "100200300",
    baseUrl: meta.url,
  });
  const base = { channel: "whatsapp", inbox: inbox("wa", "whatsapp"), to: "+15550123" } as const;
  return channel.send(delivery({ ...base, subject: null, text: "Hi Ana", ...given }), never);
}

const sent = () => JSON.parse(meta.asked[0]!.text) as object;
const file = { url: "https://example.com/charge%2042.pdf" };
const picture = { url: "https://example.com/a.PNG?size=2", name: "A" };

describe("a message", () => {
  test("goes to the number's address, with the token, and carries our id", async () => {
    expect(await send()).toEqual({ kind: "sent", providerId: "wamid.1" });
    expect(meta.asked[0]).toMatchObject({
      path: "/v23.0/100200300/messages",
      headers: { authorization: "Bearer token", "content-type": "application/json" },
    });
    expect(sent()).toEqual({
      messaging_product: "whatsapp",
      recipient_type: "individual",
      to: "+15550123",
      biz_opaque_callback_data: delivery().id,
      type: "text",
      text: { body: "Hi Ana", preview_url: false },
    });
  });

  test.each([
    [
      ["Ana", "two\nlines,  and     spaces"],
      [
        { type: "text", text: "Ana" },
        { type: "text", text: "two lines,  and    spaces" },
      ],
    ],
    [
      { first_name: "Ana", amount: "42" },
      [
        { type: "text", text: "Ana", parameter_name: "first_name" },
        { type: "text", text: "42", parameter_name: "amount" },
      ],
    ],
  ])("as a template with parameters %j", async (parameters, expected) => {
    await send({
      template: { id: "notice", name: "charge_notice", language: "pt-BR", parameters },
    });
    expect(sent()).toMatchObject({
      type: "template",
      template: {
        name: "charge_notice",
        language: { code: "pt_BR" },
        components: [{ type: "body", parameters: expected }],
      },
    });
  });

  test("as a template without parameters has no components", async () => {
    await send({ template: { id: "n", name: "hello_world", language: "en", parameters: [] } });
    expect(sent()).toMatchObject({ template: { name: "hello_world", language: { code: "en" } } });
    expect(meta.asked[0]!.text).not.toContain("components");
  });

  test("with buttons is interactive, a file at its head", async () => {
    const buttons = [{ text: "Yes", reply: "YES" }, { text: "No" }];
    await send({ buttons, attachments: [file] });
    expect(sent()).toMatchObject({
      type: "interactive",
      interactive: {
        type: "button",
        header: { type: "document", document: { link: file.url, filename: "charge 42.pdf" } },
        body: { text: "Hi Ana" },
        action: {
          buttons: [
            { type: "reply", reply: { id: "YES", title: "Yes" } },
            { type: "reply", reply: { id: "No", title: "No" } },
          ],
        },
      },
    });
  });

  test.each([
    [file, "document", { link: file.url, filename: "charge 42.pdf", caption: "Hi Ana" }],
    [picture, "image", { link: picture.url, caption: "Hi Ana" }],
  ])("with the file %j is a %s", async (attachment, type, expected) => {
    await send({ attachments: [attachment] });
    expect(sent()).toMatchObject({ type, [type]: expected });
  });

  test("that Meta would certainly refuse is not even tried", async () => {
    expect(await send({ text: "x".repeat(4_097) })).toMatchObject({
      kind: "permanent",
      code: "text_too_long",
    });
    const template = { id: "n", content_sid: "HX1", language: "en", parameters: [] };
    expect(await send({ template })).toMatchObject({ kind: "permanent", means: "template" });
    expect(meta.asked).toEqual([]);
  });

  test("a number's id that is a path is refused before anything is sent", () => {
    const settings = { accessToken: "token", phoneNumberId: "../evil", baseUrl: meta.url };
    expect(() => createMeta(settings)).toThrow("phone_number_id");
  });
});

describe("what a failure means", () => {
  test.each([
    [400, 131047, { kind: "permanent", code: "131047", means: "outside_window" }],
    [400, 131026, { kind: "permanent", code: "131026" }],
    [400, 131050, { kind: "permanent", means: "opted_out_of_marketing" }],
    [400, 131049, { kind: "snooze", afterMs: 43_200_000 }],
    [400, 131056, { kind: "snooze", afterMs: 4_000 }],
    [400, 130429, { kind: "snooze", afterMs: 30_000 }],
    [404, 132001, { kind: "permanent", means: "template" }],
    [400, 132015, { kind: "permanent", means: "template" }],
    [500, 131016, { kind: "retry" }],
    [500, 131000, { kind: "ambiguous", code: "131000" }],
    [500, 1, { kind: "ambiguous" }],
    [400, 131009, { kind: "permanent" }],
    [401, 190, { kind: "snooze", code: "inbox_unusable" }],
    [403, 10, { kind: "snooze", code: "inbox_unusable" }],
  ])("HTTP %i, error %i: %j", async (status, code, expected) => {
    meta.answer = json(status, { error: { code, message: "m", error_data: { details: "d" } } });
    const result = await send();
    expect(result).toMatchObject(expected);
    expect(result).not.toHaveProperty("message", expect.stringContaining("token"));
    expect(meta.asked).toHaveLength(1);
  });

  test("too often to the same person: 4^n seconds, and anew after a success", async () => {
    const settings = { accessToken: "token", phoneNumberId: "100200300", baseUrl: meta.url };
    const channel = createMeta(settings);
    const pause = async (to: string) => {
      const result = await channel.send(delivery({ channel: "whatsapp", to, text: "Hi" }), never);
      return result.kind === "snooze" ? result.afterMs : result.kind;
    };
    meta.answer = json(400, { error: { code: 131056 } });
    expect([await pause("+15550123"), await pause("+15550123")]).toEqual([4_000, 16_000]);
    expect(await pause("+15550124")).toBe(4_000);
    meta.answer = accepted;
    expect(await pause("+15550123")).toBe("sent");
    meta.answer = json(400, { error: { code: 131056 } });
    expect(await pause("+15550123")).toBe(4_000);
  });

  test("a pause that Meta asks for is kept", async () => {
    meta.answer = json(429, { error: { code: 80007 } }, { "retry-after": "120" });
    expect(await send()).toMatchObject({ kind: "snooze", afterMs: 120_000 });
  });

  test.each([
    ["is lost", (response: { destroy(): void }) => response.destroy()],
    ["redirects elsewhere", json(302, {}, { location: "https://evil.example" })],
    ["is a page, and no success", json(502, [])],
  ])("an answer that %s leaves it open", async (_, answer) => {
    meta.answer = answer;
    expect(await send()).toMatchObject({ kind: "ambiguous" });
    expect(meta.asked).toHaveLength(1);
  });

  test("a success without an id is a success: its reports find it by ours", async () => {
    meta.answer = (response) => void response.writeHead(200).end("<html>");
    expect(await send()).toEqual({ kind: "sent", providerId: null });
  });

  test("no connection: certainly not sent", async () => {
    await meta.close();
    expect(await send()).toMatchObject({ kind: "retry", code: "ECONNREFUSED" });
  });
});
