import { expect, test } from "vitest";
import { publishVersion, textDocument } from "../../support/rows.ts";
import { describeInbound, newPhone, type Inbound } from "./harness.ts";

const status = (sid: string, state: string, extra: Record<string, string> = {}) => ({
  MessageSid: sid,
  MessageStatus: state,
  To: "+15550101",
  From: "+15550100",
  ...extra,
});

async function texted(i: Inbound, sequence = "text") {
  const phone = newPhone();
  const id = await i.t.enroll(sequence, { phone });
  await i.t.h.drain();
  const [message] = await i.t.messagesOf(id);
  return { id, phone, message: message!, sid: message!.provider_id! };
}

describeInbound("what a provider reports", (inbound) => {
  test("moves a message forward, in whatever order it comes", async () => {
    const i = inbound();
    for (const order of [
      ["sent", "delivered", "read"],
      ["read", "delivered", "sent"],
      ["delivered", "sent", "read"],
    ]) {
      const { id, sid } = await texted(i);
      for (const state of order) expect((await i.twilio(status(sid, state))).status).toBe(200);
      const [message] = await i.t.messagesOf(id);
      expect(message).toMatchObject({ state: "read", error_code: null });
      expect([message!.delivered_at, message!.read_at]).not.toContain(null);
      expect(await i.t.read(id)).toMatchObject({ state: "active", step_id: "b" });
    }
  });

  test("is told once in the history, however often it comes", async () => {
    const i = inbound();
    const { id, sid } = await texted(i);
    await Promise.all(Array.from({ length: 6 }, () => i.twilio(status(sid, "delivered"))));
    await i.twilio(status(sid, "delivered"));
    const history = await i.t.historyOf(id);
    expect(history.filter((type) => type === "delivered")).toHaveLength(1);
  });

  test("does not undo an arrival by a late failure", async () => {
    const i = inbound();
    const { id, sid } = await texted(i);
    await i.twilio(status(sid, "delivered"));
    await i.twilio(status(sid, "undelivered", { ErrorCode: "30003" }));
    expect(await i.t.messagesOf(id)).toMatchObject([{ state: "delivered", error_code: null }]);
  });

  test("waits for a message whose send is not recorded yet", async () => {
    const i = inbound();
    const id = await i.t.enroll("text", { phone: newPhone() });
    i.t.h.answer = async ({ id: message }) => {
      expect((await i.twilio(status(`early-${message}`, "delivered"))).status).toBe(200);
      return { kind: "sent", providerId: `early-${message}` };
    };
    await i.t.h.drain();
    expect(await i.t.messagesOf(id)).toMatchObject([{ state: "sent" }]);
    await i.sweep();
    expect(await i.t.messagesOf(id)).toMatchObject([{ state: "sent" }]);
    i.t.h.clock.advance({ minutes: 1 });
    await i.sweep();
    expect(await i.t.messagesOf(id)).toMatchObject([{ state: "delivered" }]);
    expect(await i.t.read(id)).toMatchObject({ state: "active", step_id: "b" });
  });

  test("leaves a message alone that is being sent, though it is named by our own id", async () => {
    const i = inbound();
    const id = await i.t.enroll("text", { phone: newPhone() });
    i.t.h.answer = async ({ id: message }) => {
      const query = `?message=${message}`;
      expect((await i.twilio(status("SM-x", "sent"), { query })).status).toBe(200);
      return { kind: "sent", providerId: "SM-x" };
    };
    await i.t.h.drain();
    expect(await i.t.read(id)).toMatchObject({ state: "active", step_id: "b", chunk_id: null });
  });

  test("is forgotten an hour later, where it is about nothing of ours", async () => {
    const i = inbound();
    await i.twilio(status("SM-of-another-program", "delivered"));
    const events = () => i.t.db.selectFrom("inbound_events").select(["event", "outcome"]).execute();
    expect(await events()).toMatchObject([{ outcome: null }]);
    i.t.h.clock.advance({ hours: 2 });
    await i.sweep();
    expect(await events()).toEqual([{ event: null, outcome: "about nothing of ours" }]);
  });

  test.each(["sent", "delivered", "read"])(
    "settles an unknown message that was %s",
    async (state) => {
      const i = inbound();
      const id = await i.t.enroll("text", { phone: newPhone() });
      i.t.h.answer = { kind: "ambiguous", code: "timeout", message: "" };
      await i.t.h.drain();
      const [message] = await i.t.messagesOf(id);
      expect(await i.t.read(id)).toMatchObject({ state: "held" });
      await i.twilio(status(`SM-${state}`, state), { query: `?message=${message!.id}` });
      expect(await i.t.read(id)).toMatchObject({ state: "active", step_id: "b" });
      expect(await i.t.messagesOf(id)).toMatchObject([{ state, provider_id: `SM-${state}` }]);
      expect(await i.t.historyOf(id)).toContain("settled");
    },
  );

  test("settles an unknown message that failed: the step is tried again", async () => {
    const i = inbound();
    const id = await i.t.enroll("text", { phone: newPhone() });
    i.t.h.answer = { kind: "ambiguous", code: "timeout", message: "" };
    await i.t.h.drain();
    const [message] = await i.t.messagesOf(id);
    const failed = status("SM-u", "failed", { ErrorCode: "30003" });
    await i.twilio(failed, { query: `?message=${message!.id}` });
    expect(await i.t.read(id)).toMatchObject({ state: "active", step_id: "a", attempt: 2 });
    i.t.h.answer = { kind: "sent", providerId: "again" };
    i.t.h.clock.advance({ minutes: 5 });
    await i.t.h.drain();
    expect(await i.t.messagesOf(id)).toMatchObject([{ state: "failed" }, { state: "sent" }]);
  });
});

describeInbound("a failure that is reported later", (inbound) => {
  /** SMS first, then email; `then` says what follows when both fail. */
  async function publish(i: Inbound, id: string, then: "continue" | "exit", retry = 0) {
    const steps = textDocument(id).steps.map((step) => ({
      ...step,
      channel: "sms" as const,
      inbox: "text",
      on_failure: { retry, channels: ["email"] as const, then },
    }));
    await publishVersion(i.t.db, { ...textDocument(id), steps }, 1, 0);
  }
  const undelivered = (sid: string, ErrorCode = "30005") =>
    status(sid, "undelivered", { ErrorCode });

  test("is kept with its code, and leaves the sequence to go on", async () => {
    const i = inbound();
    const { id, sid } = await texted(i);
    await i.twilio(undelivered(sid, "30007"));
    expect(await i.t.messagesOf(id)).toMatchObject([{ state: "failed", error_code: "30007" }]);
    expect(await i.t.historyOf(id)).toContain("delivery_failed");
    expect(await i.t.read(id)).toMatchObject({ state: "active", step_id: "b" });
  });

  test("falls back to the next channel while the step after it is not due", async () => {
    const i = inbound();
    await publish(i, "late", "continue");
    const { id, sid } = await texted(i, "late");
    i.t.h.clock.advance({ hours: 1 });
    await i.twilio(undelivered(sid));
    expect(await i.t.read(id)).toMatchObject({
      state: "active",
      step_id: "a",
      failed_channels: ["sms"],
    });
    expect(await i.t.historyOf(id)).toContain("fell_back");
    await i.t.h.drain();
    expect(await i.t.messagesOf(id)).toMatchObject([
      { step_id: "a", state: "failed", channel: "sms" },
      { step_id: "a", state: "sent", channel: "email" },
    ]);
    // The next step counts from the send that came through.
    const { next_due_at } = await i.t.read(id);
    expect(next_due_at?.toISOString()).toBe("2026-03-03T11:00:00.000Z");
  });

  test("once the next step is due changes nothing but the message", async () => {
    const i = inbound();
    await publish(i, "too-late", "exit");
    const { id, sid } = await texted(i, "too-late");
    i.t.h.clock.advance({ days: 1 });
    await i.twilio(undelivered(sid));
    expect(await i.t.read(id)).toMatchObject({ state: "active", step_id: "b" });
    expect(await i.t.messagesOf(id)).toMatchObject([{ state: "failed" }]);
  });

  test("is tried again on the same channel where that may help", async () => {
    const i = inbound();
    await publish(i, "again", "continue", 2);
    const { id, sid } = await texted(i, "again");
    await i.twilio(undelivered(sid, "30003"));
    expect(await i.t.read(id)).toMatchObject({ step_id: "a", attempt: 2, failed_channels: [] });
  });

  test("of the last channel ends the enrollment where the step says so", async () => {
    const i = inbound();
    await publish(i, "or-exit", "exit");
    const { id, sid } = await texted(i, "or-exit");
    await i.twilio(undelivered(sid));
    await i.t.h.drain();
    const [, mail] = await i.t.messagesOf(id);
    await i.mail(bounce(mail!.id, "5.7.1", "550 5.7.1 blocked by policy"));
    expect(await i.t.read(id)).toMatchObject({ state: "failed", reason: "5.7.1" });
  });

  test("that means an opt-out suppresses the address", async () => {
    const i = inbound();
    const { id, sid, phone } = await texted(i);
    await i.twilio(undelivered(sid, "21610"));
    expect(await i.suppressions()).toMatchObject([
      { channel: "sms", address: phone, purpose: "all" },
    ]);
    expect(await i.t.read(id)).toMatchObject({ state: "exited", reason: "opted_out" });
    await i.twilio({ MessageSid: "SM-back", From: phone, Body: "START", SmsStatus: "received" });
    expect(await i.suppressions()).toEqual([]);
  });

  test("of Meta's marketing opt-out suppresses marketing alone", async () => {
    const i = inbound();
    const phone = newPhone();
    const id = await i.t.enroll("text", { phone });
    await i.t.h.drain();
    const [message] = await i.t.messagesOf(id);
    await i.t.db
      .updateTable("messages")
      .set({ inbox_id: "wa", channel: "whatsapp" })
      .where("id", "=", message!.id)
      .execute();
    const errors = [{ code: 131050, title: "Unable to deliver" }];
    await i.meta({ statuses: [{ id: message!.provider_id, status: "failed", errors }] });
    expect(await i.suppressions()).toMatchObject([{ channel: "whatsapp", purpose: "marketing" }]);
  });
});

describeInbound("a bounce", (inbound) => {
  async function mailed(i: Inbound) {
    const id = await i.t.enroll("welcome");
    await i.t.h.drain();
    const [message] = await i.t.messagesOf(id);
    return { id, email: i.t.lastAddress, message: message!.id };
  }

  test("of an address where nobody is suppresses it and ends what writes to it", async () => {
    const i = inbound();
    const { id, email, message } = await mailed(i);
    expect((await i.mail(bounce(message, "5.1.1"))).status).toBe(200);
    expect(await i.t.messagesOf(id)).toMatchObject([{ state: "failed", error_code: "5.1.1" }]);
    expect(await i.suppressions()).toMatchObject([
      { channel: "email", address: email, purpose: "all" },
    ]);
    expect(await i.t.read(id)).toMatchObject({ state: "exited", reason: "bounced" });
  });

  test.each([
    ["a full mailbox", "5.2.2", "552 5.2.2 mailbox full"],
    ["a policy", "5.7.1", "550 5.7.1 message refused as spam"],
    ["a mail that is too big", "5.3.4", "552 5.3.4 too big"],
  ])("by %s does not condemn the address", async (_, code, words) => {
    const i = inbound();
    const { id, message } = await mailed(i);
    await i.mail(bounce(message, code, words));
    expect(await i.t.messagesOf(id)).toMatchObject([{ state: "failed", error_code: code }]);
    expect(await i.suppressions()).toEqual([]);
    expect(await i.t.read(id)).toMatchObject({ state: "active" });
  });

  test("that is only a delay changes nothing", async () => {
    const i = inbound();
    const { id, message } = await mailed(i);
    await i.mail(bounce(message, "4.4.1").replace("Action: failed", "Action: delayed"));
    expect(await i.t.messagesOf(id)).toMatchObject([{ state: "sent" }]);
  });

  test("of a mail that is none of ours, or of nothing at all, is nobody's", async () => {
    const i = inbound();
    const { id } = await mailed(i);
    await i.mail(bounce("019cadfd-8900-7000-80f9-000000000009", "5.1.1"));
    await i.mail(bounce("not-ours", "5.1.1"));
    expect(await i.suppressions()).toEqual([]);
    expect(await i.t.read(id)).toMatchObject({ state: "active" });
  });

  test("a complaint opts out", async () => {
    const i = inbound();
    const { id, email, message } = await mailed(i);
    await i.mail(complaint(message));
    expect(await i.suppressions()).toMatchObject([{ address: email, reason: "complaint" }]);
    expect(await i.t.read(id)).toMatchObject({ state: "exited", reason: "opted_out" });
  });
});

function bounce(message: string, code: string, words = `550 ${code} User unknown`): string {
  return report("delivery-status", message, [
    "Content-Type: message/delivery-status",
    "",
    "Reporting-MTA: dns; mx.example.net",
    "",
    "Final-Recipient: rfc822; somebody@example.com",
    "Action: failed",
    `Status: ${code}`,
    "Diagnostic-Code: smtp;",
    ` ${words}`,
  ]);
}

function complaint(message: string): string {
  return report("feedback-report", message, [
    "Content-Type: message/feedback-report",
    "",
    "Feedback-Type: abuse",
    "Version: 1",
    "User-Agent: Loop/1.0",
  ]);
}

function report(type: string, message: string, middle: readonly string[]): string {
  return [
    "From: MAILER-DAEMON@mx.example.net",
    "To: hello@example.com",
    "Subject: Returned mail",
    "Message-ID: <report@mx.example.net>",
    "MIME-Version: 1.0",
    `Content-Type: multipart/report; report-type=${type}; boundary="b1"`,
    "",
    "--b1",
    "Content-Type: text/plain",
    "",
    "This is a report.",
    "",
    "--b1",
    ...middle,
    "",
    "--b1",
    "Content-Type: message/rfc822",
    "",
    "From: hello@example.com",
    `Message-ID: <${message}@example.com>`,
    "Subject: Hello",
    "",
    "Step a",
    "--b1--",
    "",
  ].join("\r\n");
}
