import { describe, expect, test } from "vitest";
import { readMeta } from "../../../runtime/inbound/meta.ts";
import { phoneVariants } from "../../../runtime/inbound/phones.ts";
import { readTwilio } from "../../../runtime/inbound/twilio.ts";
import { readWhatsAppWeb } from "../../../runtime/inbound/whatsapp-web.ts";
import { describeInbound, metaBody, newPhone } from "./harness.ts";

const meta = (value: object) => readMeta(metaBody(value)).flatMap(({ events }) => events);
const message = (given: object) =>
  meta({
    contacts: [{ wa_id: "5511987654321", user_id: "BR.1349", profile: { name: "Ana" } }],
    messages: [{ from: "5511987654321", id: "wamid.1", timestamp: "1772445600", ...given }],
  })[0];

describe("Meta's webhook", () => {
  test("a text", () => {
    expect(message({ type: "text", text: { body: "Oi" }, context: { id: "wamid.0" } })).toEqual({
      kind: "message",
      key: "message wamid.1",
      providerId: "wamid.1",
      at: 1772445600_000,
      address: "+5511987654321",
      userId: "BR.1349",
      nature: "human",
      type: "text",
      text: "Oi",
      subject: null,
      media: [],
      answers: [],
      answersProviderId: "wamid.0",
      keyword: null,
    });
  });

  test.each<[string, object, object]>([
    [
      "an image",
      { type: "image", image: { id: "77", mime_type: "image/jpeg", caption: "Look" } },
      { text: "Look", media: [{ type: "image/jpeg", id: "77" }] },
    ],
    [
      "a document",
      { type: "document", document: { id: "7", mime_type: "application/pdf", filename: "a.pdf" } },
      { text: null, media: [{ type: "application/pdf", id: "7", name: "a.pdf" }] },
    ],
    [
      "a template's button",
      { type: "button", button: { text: "Parar", payload: "x" } },
      { keyword: "stop" },
    ],
    [
      "a reply button",
      {
        type: "interactive",
        interactive: { type: "button_reply", button_reply: { id: "1", title: "Yes" } },
      },
      { text: "Yes", keyword: null },
    ],
    [
      "a list's choice",
      {
        type: "interactive",
        interactive: { type: "list_reply", list_reply: { id: "1", title: "Noon" } },
      },
      { text: "Noon" },
    ],
    [
      "what it cannot show",
      { type: "unsupported", errors: [{ code: 131051 }] },
      { nature: "human", text: null },
    ],
    [
      "a reaction",
      { type: "reaction", reaction: { message_id: "wamid.0", emoji: "👍" } },
      { nature: "reaction", answersProviderId: "wamid.0" },
    ],
  ])("%s", (_, given, expected) => {
    expect(message(given)).toMatchObject(expected);
  });

  test("a person who hides their number is known by the id alone", () => {
    const [event] = meta({
      contacts: [{ user_id: "US.13491208655302741918", profile: { username: "ana" } }],
      messages: [
        { from_user_id: "US.13491208655302741918", id: "w", type: "text", text: { body: "Hi" } },
      ],
    });
    expect(event).toMatchObject({ address: null, userId: "US.13491208655302741918" });
  });

  test.each(["system", "request_welcome"])(
    "what the service says itself (%s) is no message",
    (type) => {
      expect(message({ type, system: { body: "changed their number" } })).toBeUndefined();
    },
  );

  test("several entries with messages, statuses and a preference", () => {
    const one = metaBody({
      messages: [{ from: "15550101", id: "m1", type: "text", text: { body: "1" } }],
    });
    const two = metaBody({
      statuses: [
        { id: "m2", status: "delivered", timestamp: "1772445600", recipient_user_id: "US.1" },
        { id: "m3", status: "failed", errors: [{ code: 131026, title: "Undeliverable" }] },
        { id: "m4", status: "deleted" },
        {
          id: "m5",
          status: "sent",
          biz_opaque_callback_data: "019cadfd-8900-7000-80f9-2235e1e31ed6",
        },
      ],
      user_preferences: [
        { wa_id: "15550102", category: "marketing_messages", value: "stop", timestamp: 1 },
      ],
    });
    const batches = readMeta({
      entry: [...one.entry, ...two.entry, { changes: [{ field: "flows", value: {} }] }],
    });
    expect(batches.flatMap(({ events }) => events)).toMatchObject([
      { kind: "message", key: "message m1" },
      { kind: "delivery", state: "delivered", userId: "US.1", at: 1772445600_000 },
      { kind: "delivery", state: "failed", code: "131026", message: "Undeliverable" },
      { kind: "delivery", state: "sent", messageId: "019cadfd-8900-7000-80f9-2235e1e31ed6" },
      { kind: "preference", address: "+15550102", wants: "stop", purpose: "marketing" },
    ]);
  });

  test.each([
    null,
    1,
    "x",
    {},
    { entry: 1 },
    { entry: [{ changes: [{ value: { metadata: 1 } }] }] },
  ])("%j says nothing", (body) => {
    expect(readMeta(body)).toEqual([]);
  });
});

describe("Twilio's webhook", () => {
  test("a message with media, on WhatsApp", () => {
    const [event] = readTwilio({
      MessageSid: "MM1",
      SmsStatus: "received",
      From: "whatsapp:+5511987654321",
      Body: "",
      NumMedia: "1",
      MediaUrl0: "https://api.twilio.com/m/1",
      MediaContentType0: "image/png",
      OriginalRepliedMessageSid: "SM0",
    });
    expect(event).toMatchObject({
      address: "+5511987654321",
      text: null,
      media: [{ type: "image/png", url: "https://api.twilio.com/m/1" }],
      answersProviderId: "SM0",
    });
  });

  test.each([
    ["queued", []],
    ["sending", []],
    ["sent", [{ state: "sent" }]],
    ["undelivered", [{ state: "failed", code: "30003", means: "retry" }]],
    ["read", [{ state: "read", code: null }]],
  ])("a status: %s", (MessageStatus, expected) => {
    expect(readTwilio({ MessageSid: "SM1", MessageStatus, ErrorCode: "30003" })).toMatchObject(
      expected,
    );
  });

  test("a hidden number, by its id", () => {
    const [event] = readTwilio({
      MessageSid: "SM1",
      From: "whatsapp:US.13491208655302741918",
      Body: "Hi",
    });
    expect(event).toMatchObject({ address: null, userId: "US.13491208655302741918" });
  });

  test("what is neither says nothing", () => {
    expect(readTwilio({ CallSid: "CA1" })).toEqual([]);
    expect(readTwilio({ MessageSid: "SM1", From: "12345", Body: "short code" })).toEqual([]);
  });
});

describe("the gateway's webhook", () => {
  const key = { remoteJid: "5511987654321@s.whatsapp.net", fromMe: false, id: "W1" };
  const upsert = (data: object) => readWhatsAppWeb({ event: "messages.upsert", data });

  test.each<[string, object, object]>([
    ["a text", { messageType: "conversation", message: { conversation: "Oi" } }, { text: "Oi" }],
    [
      "a text that answers",
      {
        messageType: "extendedTextMessage",
        message: { extendedTextMessage: { text: "Sim", contextInfo: { stanzaId: "W0" } } },
      },
      { text: "Sim", answersProviderId: "W0", type: "extendedText" },
    ],
    [
      "an image",
      {
        messageType: "imageMessage",
        message: { imageMessage: { caption: "Look", mimetype: "image/jpeg" } },
      },
      { text: "Look", media: [{ type: "image/jpeg" }] },
    ],
    [
      "a reaction",
      {
        messageType: "reactionMessage",
        message: { reactionMessage: { text: "👍", key: { id: "W0" } } },
      },
      { nature: "reaction", answersProviderId: "W0" },
    ],
    [
      "one that disappears",
      { message: { ephemeralMessage: { message: { extendedTextMessage: { text: "Psst" } } } } },
      { text: "Psst" },
    ],
  ])("%s", (_, given, expected) => {
    const common = { kind: "message", address: "+5511987654321", at: 1772445600_000 };
    expect(upsert({ key, messageTimestamp: 1772445600, ...given })).toMatchObject([
      { ...common, ...expected },
    ]);
  });

  test.each<[string, object]>([
    ["our own phone's", { key: { ...key, fromMe: true } }],
    ["a group's", { key: { ...key, remoteJid: "12036304@g.us" } }],
    ["a status broadcast", { key: { ...key, remoteJid: "status@broadcast" } }],
    ["a deletion", { key, messageType: "protocolMessage", message: { protocolMessage: {} } }],
    ["nothing", {}],
  ])("%s is no message", (_, given) => {
    expect(
      upsert({ messageType: "conversation", message: { conversation: "x" }, ...given }),
    ).toEqual([]);
  });

  test("a hidden number, with and without the number beside it", () => {
    const lid = { ...key, remoteJid: "9988@lid" };
    const said = { messageType: "conversation", message: { conversation: "x" } };
    expect(upsert({ key: lid, ...said })).toMatchObject([{ address: null, userId: "lid:9988" }]);
    const both = { ...lid, remoteJidAlt: "5511987654321@s.whatsapp.net" };
    expect(upsert({ key: both, ...said })).toMatchObject([
      { address: "+5511987654321", userId: "lid:9988" },
    ]);
  });

  test.each([
    ["DELIVERY_ACK", "delivered"],
    ["READ", "read"],
    ["PLAYED", "read"],
    ["SERVER_ACK", "sent"],
    ["ERROR", "failed"],
  ])("a status: %s", (status, state) => {
    const data = { keyId: "W1", remoteJid: key.remoteJid, fromMe: true, status };
    expect(readWhatsAppWeb({ event: "messages.update", data })).toMatchObject([
      { state, providerId: "W1" },
    ]);
    const older = [{ key: { id: "W1", fromMe: true }, update: { status } }];
    expect(readWhatsAppWeb({ event: "MESSAGES_UPDATE", data: older })).toMatchObject([{ state }]);
  });

  test.each([null, {}, { event: "qrcode.updated", data: {} }, { event: 1, data: [null] }])(
    "%j says nothing",
    (body) => {
      expect(readWhatsAppWeb(body)).toEqual([]);
    },
  );
});

test.each([
  ["+5511987654321", "+551187654321"],
  ["+551187654321", "+5511987654321"],
  ["+5215512345678", "+525512345678"],
  ["+525512345678", "+5215512345678"],
  ["+5491123456789", "+541123456789"],
])("%s is known as %s too", (phone, other) => {
  expect(phoneVariants(phone)).toEqual([phone, other]);
});

test.each(["+15550100", "+551132654321", "+4915112345678"])("%s has one form", (phone) => {
  expect(phoneVariants(phone)).toEqual([phone]);
});

describeInbound("a chat", (inbound) => {
  const oi = (id: string, from: object, extra: object = {}) => ({
    contacts: [from],
    messages: [
      { ...from, id, type: "text", text: { body: "Oi" }, timestamp: "1772445600", ...extra },
    ],
  });

  test("goes on by the business-scoped id once the number is hidden", async () => {
    const i = inbound();
    const phone = newPhone();
    await i.t.enroll("text", { phone });
    const contact = i.t.lastContact;
    const known = {
      from: phone.slice(1),
      wa_id: phone.slice(1),
      user_id: "US.77",
      from_user_id: "US.77",
    };
    await i.meta(oi("wamid.a", known));
    await i.meta(oi("wamid.b", { user_id: "US.77", from_user_id: "US.77" }));
    expect((await i.inbound()).map((one) => one.contact_id)).toEqual([contact, contact]);
    expect(await i.conversationsOf(contact)).toHaveLength(1);
  });

  test("learns the id from a status, and finds what the number was sent", async () => {
    const i = inbound();
    const phone = newPhone();
    const id = await i.t.enroll("text", { phone });
    await i.t.h.drain();
    const [sent] = await i.t.messagesOf(id);
    await i.t.db
      .updateTable("messages")
      .set({ inbox_id: "wa", channel: "whatsapp" })
      .where("id", "=", sent!.id)
      .execute();
    await i.meta({
      statuses: [{ id: sent!.provider_id, status: "delivered", recipient_user_id: "US.88" }],
    });
    await i.meta(oi("wamid.c", { user_id: "US.88", from_user_id: "US.88" }));
    expect(await i.t.read(id)).toMatchObject({ state: "exited", reason: "reply" });
  });

  test("opens the window of its own inbox for free text, and a day later it is closed", async () => {
    const i = inbound();
    const phone = newPhone();
    const wa_id = phone.slice(1);
    const closed = await i.t.enroll("cloud", { phone });
    await i.t.h.drain();
    expect(i.t.h.sent).toEqual([]);
    expect(await i.t.messagesOf(closed)).toMatchObject([
      { state: "failed", error_code: "outside_window" },
    ]);
    // Two contacts share the number: the window is the number's.
    const open = await i.t.enroll("cloud", { phone });
    await i.meta(oi("wamid.w", { from: wa_id, wa_id }));
    await i.t.h.drain();
    expect(i.t.h.sent).toMatchObject([{ enrollment: open, to: phone, template: null }]);
    i.t.h.clock.advance({ hours: 24 });
    await i.t.h.drain();
    expect(await i.t.messagesOf(open)).toMatchObject([
      { step_id: "a", state: "sent" },
      { step_id: "b", state: "failed", error_code: "outside_window" },
    ]);
  });

  test("is not answered by a reaction, which opens no window", async () => {
    const i = inbound();
    const phone = newPhone();
    const id = await i.t.enroll("chat", { phone });
    await i.t.h.drain();
    const key = { remoteJid: `${phone.slice(1)}@s.whatsapp.net`, fromMe: false, id: "W9" };
    const reactionMessage = { text: "👍", key: { id: "W0" } };
    await i.web("messages.upsert", {
      key,
      messageType: "reactionMessage",
      message: { reactionMessage },
    });
    expect(await i.t.read(id)).toMatchObject({ state: "active" });
    expect(await i.conversationsOf(i.t.lastContact)).toEqual([]);
    expect(await i.inbound()).toMatchObject([{ nature: "reaction", contact_id: i.t.lastContact }]);
  });

  test("counts its window from when it was written, not from when it came", async () => {
    const i = inbound();
    const phone = newPhone();
    await i.t.enroll("text", { phone });
    i.t.h.clock.set("2026-03-03T09:00:00Z");
    const from = { from: phone.slice(1), wa_id: phone.slice(1) };
    await i.meta(
      oi("wamid.d", from, { timestamp: String(Date.parse("2026-03-02T10:00:00Z") / 1000) }),
    );
    await i.meta(
      oi("wamid.e", from, { timestamp: String(Date.parse("2026-03-01T10:00:00Z") / 1000) }),
    );
    const [conversation] = await i.conversationsOf(i.t.lastContact);
    expect(conversation?.data["last_inbound_at"]).toBe("2026-03-02T10:00:00.000Z");
  });

  test("marks marketing off by the person's own switch, and on again", async () => {
    const i = inbound();
    const wa_id = newPhone().slice(1);
    const choose = (value: string, timestamp: number) =>
      i.meta({ user_preferences: [{ wa_id, category: "marketing_messages", value, timestamp }] });
    await choose("stop", 1);
    expect(await i.suppressions()).toMatchObject([{ address: `+${wa_id}`, purpose: "marketing" }]);
    await choose("resume", 2);
    expect(await i.suppressions()).toEqual([]);
  });
});
