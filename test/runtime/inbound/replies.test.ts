import { expect, test } from "vitest";
import { pause } from "../../../runtime/operate.ts";
import { createApiKey } from "../../../store/api-keys.ts";
import { publishVersion, textDocument } from "../../support/rows.ts";
import { describeInbound, newPhone, type Inbound } from "./harness.ts";

/** A text message from a phone, as Twilio tells it. */
const sms = (From: string, Body: string, MessageSid: string) => ({
  MessageSid,
  AccountSid: "AC1",
  From,
  To: "+15550100",
  Body,
  NumMedia: "0",
  SmsStatus: "received",
});

/** Somebody with a phone, to whom step `a` was sent by SMS. */
async function texted(i: Inbound, sequence = "text") {
  const phone = newPhone();
  const id = await i.t.enroll(sequence, { phone });
  const contact = i.t.lastContact;
  await i.t.h.drain();
  return { id, phone, contact };
}

describeInbound("a reply", (inbound) => {
  test("ends the enrollment that wrote, opens the window and begins a conversation", async () => {
    const i = inbound();
    const { id, phone, contact } = await texted(i);
    const bystander = await texted(i);
    i.t.h.clock.advance({ hours: 1 });
    expect((await i.twilio(sms(phone, "When is it?", "SM1"))).status).toBe(200);
    expect(await i.t.read(id)).toMatchObject({
      state: "exited",
      reason: "reply",
      next_due_at: null,
    });
    expect(await i.t.read(bystander.id)).toMatchObject({ state: "active" });
    expect((await i.t.historyOf(id)).slice(-2)).toEqual(["replied", "exited"]);
    const [conversation, ...others] = await i.conversationsOf(contact);
    expect(others).toEqual([]);
    expect(conversation?.data).toEqual({
      inbox: "text",
      status: "open",
      last_inbound_at: "2026-03-02T11:00:00.000Z",
    });
    expect(await i.t.messagesOf(id)).toMatchObject([{ conversation_id: conversation?.id }]);
    expect(await i.inbound()).toMatchObject([
      {
        contact_id: contact,
        conversation_id: conversation?.id,
        body: "When is it?",
        address: phone,
      },
    ]);
  });

  test("counts once, however often and however many at a time it is delivered", async () => {
    const i = inbound();
    const { id, phone, contact } = await texted(i);
    const copies = Array.from({ length: 8 }, () => i.twilio(sms(phone, "Hi", "SM2")));
    expect((await Promise.all(copies)).map(({ status }) => status)).toEqual(Array(8).fill(200));
    await i.twilio(sms(phone, "Hi", "SM2"));
    expect(await i.inbound()).toHaveLength(1);
    expect(await i.conversationsOf(contact)).toHaveLength(1);
    expect((await i.t.historyOf(id)).filter((type) => type === "replied")).toHaveLength(1);
  });

  test("and a second one at the same time share a conversation", async () => {
    const i = inbound();
    const { phone, contact } = await texted(i);
    await Promise.all(["SM3", "SM4", "SM5"].map((sid) => i.twilio(sms(phone, sid, sid))));
    const conversations = await i.conversationsOf(contact);
    expect(conversations).toHaveLength(1);
    expect((await i.inbound()).map((one) => one.conversation_id)).toEqual(
      Array(3).fill(conversations[0]?.id),
    );
  });

  test("can be read beside what it answers", async () => {
    const i = inbound();
    const { id, phone, contact } = await texted(i);
    i.t.h.clock.advance({ hours: 1 });
    await i.twilio({
      ...sms(phone, "Like this?", "SM30"),
      NumMedia: "1",
      MediaUrl0: "https://m.example/1",
    });
    const [conversation] = await i.conversationsOf(contact);
    const { key } = await createApiKey(i.t.db, { name: "reader", role: "viewer" }, 0);
    const ask = async (query: string) => {
      const headers = { authorization: `Bearer ${key}` };
      const url = `/v1/conversations/${conversation!.id}/messages${query}`;
      return (await i.app.inject({ url, headers })).json();
    };
    const first = await ask("?limit=1");
    expect(first.data).toMatchObject([
      {
        direction: "in",
        text: "Like this?",
        state: "human",
        media: [{ url: "https://m.example/1" }],
      },
    ]);
    expect(await ask(`?limit=1&cursor=${first.next_cursor}`)).toMatchObject({
      data: [{ direction: "out", state: "sent", enrollment_id: id, step: "a" }],
      next_cursor: null,
    });
  });

  test("opens a resolved conversation again and never takes the window back", async () => {
    const i = inbound();
    const { phone, contact } = await texted(i);
    await i.twilio(sms(phone, "Hi", "SM6"));
    const [first] = await i.conversationsOf(contact);
    const data = JSON.stringify({ ...first?.data, status: "resolved" });
    await i.t.db.updateTable("targets").set({ data }).where("id", "=", first!.id).execute();
    i.t.h.clock.advance({ hours: 2 });
    await i.twilio(sms(phone, "Me again", "SM7"));
    const [again, ...others] = await i.conversationsOf(contact);
    expect(others).toEqual([]);
    expect(again?.data).toMatchObject({
      status: "open",
      last_inbound_at: "2026-03-02T12:00:00.000Z",
    });
  });

  test("is told to a sequence that does not end by it, which goes on", async () => {
    const i = inbound();
    const steadfast = { ...textDocument("steadfast"), exit: { events: ["conversation_resolved"] } };
    const steps = steadfast.steps.map((step) => ({
      ...step,
      channel: "sms" as const,
      inbox: "text",
    }));
    await publishVersion(i.t.db, { ...steadfast, steps }, 1, 0);
    const { id, phone } = await texted(i, "steadfast");
    await i.twilio(sms(phone, "Hi", "SM8"));
    expect(await i.t.read(id)).toMatchObject({ state: "active", step_id: "b" });
    expect((await i.t.historyOf(id)).slice(-1)).toEqual(["replied"]);
  });

  test("ends what is paused or held", async () => {
    const i = inbound();
    const { id, phone } = await texted(i);
    await pause(i.t.db, id, "test", i.t.h.clock.now());
    await i.twilio(sms(phone, "Hi", "SM9"));
    expect(await i.t.read(id)).toMatchObject({ state: "exited", reason: "reply" });

    const held = { phone: newPhone() };
    i.t.h.answer = { kind: "ambiguous", code: "timeout", message: "" };
    const other = await i.t.enroll("text", held);
    await i.t.h.drain();
    await i.twilio(sms(held.phone, "Hi", "SM10"));
    expect(await i.t.read(other)).toMatchObject({ state: "exited", reason: "reply" });
  });

  test("to a message that is being sent at this moment stops what follows", async () => {
    const i = inbound();
    const phone = newPhone();
    const id = await i.t.enroll("text", { phone });
    i.t.h.answer = async ({ id: message }) => {
      expect((await i.twilio(sms(phone, "That was quick", "SM11"))).status).toBe(200);
      return { kind: "sent", providerId: `p-${message}` };
    };
    await i.t.h.drain();
    expect(await i.t.read(id)).toMatchObject({ state: "exited", reason: "reply", chunk_id: null });
    expect(await i.t.messagesOf(id)).toMatchObject([{ step_id: "a", state: "sent" }]);
  });

  test("while a chunk has the next step in hand keeps it back", async () => {
    const i = inbound();
    const { id, phone } = await texted(i);
    i.t.h.clock.advance({ days: 1 });
    const [chunk] = await i.t.h.claim();
    await i.t.executeMeanwhile(chunk!, () => i.twilio(sms(phone, "Hi", "SM12")));
    expect(await i.t.messagesOf(id)).toMatchObject([{ step_id: "a", state: "sent" }]);
    expect(await i.t.read(id)).toMatchObject({ state: "exited", reason: "reply" });
  });

  test("before anything was sent ends nothing", async () => {
    const i = inbound();
    const phone = newPhone();
    const id = await i.t.enroll("text", { phone });
    await i.twilio(sms(phone, "Hi", "SM13"));
    expect(await i.t.read(id)).toMatchObject({ state: "active" });
    expect(await i.conversationsOf(i.t.lastContact)).toHaveLength(1);
  });

  test("in another inbox is none", async () => {
    const i = inbound();
    const { id, phone } = await texted(i);
    const from = phone.slice(1);
    await i.meta({ messages: [{ from, id: "wamid.1", type: "text", text: { body: "Hi" } }] });
    expect(await i.t.read(id)).toMatchObject({ state: "active" });
  });

  test("from somebody unknown is kept, and no contact is invented", async () => {
    const i = inbound();
    const phone = newPhone();
    const before = await i.t.db.selectFrom("contacts").select("id").execute();
    expect((await i.twilio(sms(phone, "Who are you?", "SM14"))).status).toBe(200);
    expect(await i.inbound()).toMatchObject([
      { contact_id: null, conversation_id: null, address: phone },
    ]);
    expect(await i.t.db.selectFrom("contacts").select("id").execute()).toEqual(before);
  });

  test("finds a Brazilian number without its ninth digit", async () => {
    const i = inbound();
    const own = await i.t.enroll("chat", { phone: "+5511987650001" });
    await i.t.h.drain();
    const key = { remoteJid: "551187650001@s.whatsapp.net", fromMe: false, id: "W1" };
    await i.web("messages.upsert", {
      key,
      message: { conversation: "Oi" },
      messageType: "conversation",
    });
    expect(await i.t.read(own)).toMatchObject({ state: "exited", reason: "reply" });
  });

  test("finds somebody whose number has changed since", async () => {
    const i = inbound();
    const { id, phone, contact } = await texted(i);
    const data = JSON.stringify({ phone: newPhone() });
    await i.t.db.updateTable("contacts").set({ data }).where("id", "=", contact).execute();
    await i.twilio(sms(phone, "Hi", "SM15"));
    expect(await i.t.read(id)).toMatchObject({ state: "exited", reason: "reply" });
    expect(await i.inbound()).toMatchObject([{ contact_id: contact }]);
  });
});

describeInbound("STOP", (inbound) => {
  test.each(["STOP", "PARAR", "Sair!", "cancelar", "Baja", "Arrêt", "abmelden"])(
    "%s opts out of the channel, and what cannot go another way ends",
    async (word) => {
      const i = inbound();
      const { id, phone } = await texted(i);
      await i.twilio(sms(phone, word, `SM-${word}`));
      expect(await i.t.read(id)).toMatchObject({ state: "exited", reason: "opted_out" });
      expect(await i.suppressions()).toEqual([
        { channel: "sms", address: phone, purpose: "all", reason: "stop" },
      ]);
      const later = await i.t.enroll("text", { phone });
      i.t.h.sent.length = 0;
      await i.t.h.drain();
      expect(i.t.h.sent).toEqual([]);
      expect(await i.t.read(later)).toMatchObject({ state: "exited", reason: "opted_out" });
    },
  );

  test("counts where Twilio says so, whatever the words", async () => {
    const i = inbound();
    const { phone } = await texted(i);
    await i.twilio({ ...sms(phone, "chega disso", "SM20"), OptOutType: "STOP" });
    expect(await i.suppressions()).toMatchObject([{ address: phone, purpose: "all" }]);
  });

  test("of somebody unknown counts too", async () => {
    const i = inbound();
    const phone = newPhone();
    await i.twilio(sms(phone, "Stop", "SM21"));
    expect(await i.suppressions()).toMatchObject([{ channel: "sms", address: phone }]);
  });

  test("is undone by START, and only what a STOP made", async () => {
    const i = inbound();
    const { phone } = await texted(i);
    const decided = { channel: "sms", address: newPhone(), purpose: "all", reason: "api" } as const;
    await i.t.db
      .insertInto("suppressions")
      .values({ ...decided, id: "019cadfd-8900-7000-80f9-2235e1e31ed6", created_at: new Date(0) })
      .execute();
    await i.twilio(sms(phone, "STOP", "SM22"));
    await i.twilio(sms(decided.address, "STOP", "SM23"));
    await i.twilio(sms(phone, "Start", "SM24"));
    await i.twilio(sms(decided.address, "START", "SM25"));
    expect(await i.suppressions()).toEqual([decided]);
  });
});
