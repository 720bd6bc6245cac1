import { describe, expect, test } from "vitest";
import { readEmail } from "../../../runtime/inbound/email.ts";
import { newWords } from "../../../runtime/inbound/quotes.ts";
import { describeInbound, type Inbound } from "./harness.ts";

interface Written {
  readonly from: string;
  readonly to?: string;
  readonly subject?: string;
  readonly id?: string;
  readonly headers?: readonly string[];
  readonly text?: string;
}

let mails = 0;

function mail({
  from,
  subject = "Re: Hello",
  id,
  headers = [],
  text = "When is it?",
}: Written): string {
  mails += 1;
  return [
    `From: Ana <${from}>`,
    "To: hello@example.com",
    `Subject: ${subject}`,
    `Message-ID: ${id ?? `<m${mails}@example.org>`}`,
    ...headers,
    "Content-Type: text/plain; charset=utf-8",
    "",
    text,
    "",
  ].join("\r\n");
}

const read = async (given: Partial<Written>) => {
  const [event] = await readEmail(Buffer.from(mail({ from: "ana@example.com", ...given })));
  return event;
};

describe("a mail", () => {
  test("says who wrote, what, and which of ours it answers", async () => {
    const ours = "019cadfd-8900-7000-80f9-2235e1e31ed6";
    const event = await read({
      from: "Ana@Example.com",
      id: "<m@example.org>",
      headers: [
        `In-Reply-To: <${ours}@example.com>`,
        `References: <x@y.example> <${ours}@example.com>`,
      ],
    });
    expect(event).toMatchObject({
      kind: "message",
      key: "message <m@example.org>",
      address: "ana@example.com",
      nature: "human",
      text: "When is it?\n",
      subject: "Re: Hello",
      answers: [ours],
      keyword: null,
    });
  });

  test.each([
    ["Auto-Submitted: auto-replied"],
    ["Auto-Submitted: auto-generated (vacation)"],
    ["X-Autoreply: yes"],
    ["X-Autorespond: yes"],
    ["X-Auto-Response-Suppress: All"],
    ["Precedence: bulk"],
    ["Precedence: auto_reply"],
    ["List-Id: <news.example.org>"],
    ["Return-Path: <>"],
  ])("with %s was written by no person", async (header) => {
    expect(await read({ headers: [header], text: "STOP" })).toMatchObject({
      nature: "automatic",
      keyword: null,
    });
  });

  test.each([
    "Out of office: Re: Hello",
    "Automatic reply: Hello",
    "Automatische Antwort: Hello",
    "Resposta automática: Hello",
    "Respuesta automática: Hello",
    "Réponse automatique : Hello",
  ])("with the subject %s was written by no person", async (subject) => {
    expect(await read({ subject })).toMatchObject({ nature: "automatic" });
  });

  test.each(["Auto-Submitted: no", "Precedence: first-class", "Return-Path: <ana@example.com>"])(
    "with %s was written by one",
    async (header) => {
      expect(await read({ headers: [header] })).toMatchObject({ nature: "human" });
    },
  );

  test.each([
    ["alone", { text: "STOP" }, "stop"],
    [
      "over a quote",
      { text: "Parar\r\n\r\nEm seg., 2 de mar. de 2026, Loja escreveu:\r\n> Oi" },
      "stop",
    ],
    [
      "over a quote that is wrapped",
      { text: "Stop.\n\nOn Mon, 2 Mar 2026 at 10:00, Shop\n<a@b.example> wrote:\n> Hi" },
      "stop",
    ],
    ["over a signature", { text: "unsubscribe\n\n-- \nAna" }, "stop"],
    [
      "in the subject of a mail that says nothing else",
      { text: "", subject: "Unsubscribe" },
      "stop",
    ],
    ["in the quote only", { text: "Great, thanks!\n\n> Reply STOP to stop\n> STOP" }, null],
    [
      "in the subject of one that says more",
      { text: "Which one was it?", subject: "Cancel" },
      null,
    ],
    ["in a sentence", { text: "Please stop by tomorrow" }, null],
  ])("takes a STOP word %s as it is meant", async (_, given, keyword) => {
    expect(await read(given)).toMatchObject({ keyword });
  });

  test.each(["", "no mail at all", "\0\u0001\u0002", "Subject: nobody\r\n\r\nHi"])(
    "%j says nothing",
    async (raw) => {
      expect(await readEmail(Buffer.from(raw))).toEqual([]);
    },
  );

  test("that is a receipt of reading says nothing", async () => {
    const type =
      'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"';
    const raw = `From: ana@example.com\r\n${type}\r\n\r\n--b\r\n\r\nRead.\r\n--b--\r\n`;
    expect(await readEmail(Buffer.from(raw))).toEqual([]);
  });

  test("without a Message-ID is known by its bytes", async () => {
    const raw = "From: ana@example.com\r\n\r\nHi";
    const [one] = await readEmail(Buffer.from(raw));
    const [same] = await readEmail(Buffer.from(raw));
    const [other] = await readEmail(Buffer.from(`${raw}!`));
    expect(one!.key).toBe(same!.key);
    expect(other!.key).not.toBe(one!.key);
  });
});

test("new words end where a quote begins", () => {
  expect(newWords("Yes\n\n> No")).toBe("Yes");
  expect(newWords("Yes\n\nAm Mo., 2. März 2026 schrieb Laden <a@b.example>:\n> Nein")).toBe("Yes");
  expect(newWords("Yes\n________________________________\nFrom: Shop")).toBe("Yes");
  expect(newWords("Yes\n\nSent from my iPhone")).toBe("Yes");
  expect(newWords("On Monday we wrote a plan, and it is good")).toBe(
    "On Monday we wrote a plan, and it is good",
  );
});

describeInbound("a mail to an inbox", (inbound) => {
  async function mailed(i: Inbound, sequence = "welcome", email?: string) {
    const id = await i.t.enroll(sequence, email === undefined ? {} : { email });
    const contact = i.t.lastContact;
    await i.t.h.drain();
    const [message] = await i.t.messagesOf(id);
    return { id, contact, email: email ?? i.t.lastAddress, message: message!.id };
  }
  const answering = (message: string) => [`In-Reply-To: <${message}@example.com>`];

  test("ends the enrollment that it answers, and no other of that person's", async () => {
    const i = inbound();
    const email = "two.cadences@example.com";
    const first = await mailed(i, "welcome", email);
    const second = await mailed(i, "fallback", email);
    expect((await i.mail(mail({ from: email, headers: answering(first.message) }))).status).toBe(
      200,
    );
    expect(await i.t.read(first.id)).toMatchObject({ state: "exited", reason: "reply" });
    expect(await i.t.read(second.id)).toMatchObject({ state: "active" });
  });

  test("counts from another address too, when it answers ours", async () => {
    const i = inbound();
    const { id, contact, message } = await mailed(i);
    await i.mail(mail({ from: "alias@example.org", headers: answering(message) }));
    expect(await i.t.read(id)).toMatchObject({ state: "exited", reason: "reply" });
    expect(await i.inbound()).toMatchObject([
      { contact_id: contact, address: "alias@example.org", answers: message },
    ]);
  });

  test("that answers none of ours ends all that wrote to its address from there", async () => {
    const i = inbound();
    const email = "By.Address@Example.com";
    const first = await mailed(i, "welcome", email);
    i.t.h.clock.advance({ minutes: 1 });
    const second = await mailed(i, "fallback", email);
    await i.mail(mail({ from: "by.address@example.com", subject: "A question" }));
    expect(await i.t.read(first.id)).toMatchObject({ state: "exited", reason: "reply" });
    expect(await i.t.read(second.id)).toMatchObject({ state: "exited", reason: "reply" });
    expect(await i.conversationsOf(second.contact)).toMatchObject([
      { data: { subject: "A question" } },
    ]);
  });

  test("of an out-of-office program is kept, and ends nothing", async () => {
    const i = inbound();
    const { id, email, contact, message } = await mailed(i);
    const headers = [...answering(message), "Auto-Submitted: auto-replied"];
    await i.mail(mail({ from: email, headers, text: "I am away until Monday" }));
    expect(await i.t.read(id)).toMatchObject({ state: "active" });
    expect(await i.conversationsOf(contact)).toEqual([]);
    expect(await i.inbound()).toMatchObject([{ nature: "automatic", contact_id: contact }]);
  });

  test("continues its thread, and begins a new conversation once that is resolved", async () => {
    const i = inbound();
    const { email, contact, message } = await mailed(i);
    await i.mail(mail({ from: email, headers: answering(message) }));
    const [thread] = await i.conversationsOf(contact);
    const data = JSON.stringify({ ...thread!.data, status: "resolved" });
    await i.t.db.updateTable("targets").set({ data }).where("id", "=", thread!.id).execute();
    await i.mail(mail({ from: email, subject: "Something else" }));
    expect(await i.conversationsOf(contact)).toHaveLength(2);
    await i.mail(mail({ from: email, headers: answering(message) }));
    const [again] = await i.conversationsOf(contact);
    expect(again).toMatchObject({ id: thread!.id, data: { status: "open" } });
  });

  test("that says STOP opts out the addresses that wrote and that was written to", async () => {
    const i = inbound();
    const { id, email, message } = await mailed(i);
    await i.mail(mail({ from: "alias@example.org", headers: answering(message), text: "Sair" }));
    expect(await i.t.read(id)).toMatchObject({ state: "exited", reason: "opted_out" });
    expect((await i.suppressions()).map(({ address }) => address).toSorted()).toEqual(
      ["alias@example.org", email].toSorted(),
    );
  });

  test("counts once", async () => {
    const i = inbound();
    const { id, email, message } = await mailed(i);
    const raw = mail({ from: email, headers: answering(message) });
    await Promise.all([i.mail(raw), i.mail(raw), i.mail(raw)]);
    expect(await i.inbound()).toHaveLength(1);
    expect((await i.t.historyOf(id)).filter((type) => type === "replied")).toHaveLength(1);
  });
});
