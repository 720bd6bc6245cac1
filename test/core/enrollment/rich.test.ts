import { describe, expect, test } from "vitest";
import { decide, type OutgoingMessage, type Position } from "../../../core/enrollment/index.ts";
import type { Content } from "../../../core/language/document.ts";
import { DAY, facts, inbox, NOW, program, situation, step } from "./fixtures.ts";

const position: Position = {
  step: "a",
  base: NOW - DAY,
  due: NOW,
  expires: NOW + DAY,
  attempt: 1,
  failedChannels: [],
};

type Rich = Extract<Content, { type: "rich" }>;
interface World {
  readonly channel?: "email" | "sms" | "whatsapp";
  readonly contact?: Record<string, string>;
  readonly provider?: "outbox" | "meta" | "twilio" | "whatsapp_web";
}

async function decided(given: Partial<Rich>, { channel = "email", contact, provider }: World = {}) {
  const content: Rich = { type: "rich", subject: "Hello", body: "**Hi** Ana", ...given };
  const compiled = program([step({ id: "a", channel, content })]);
  const { workspace, ...rest } = await situation({
    facts: { contact: { ...facts.contact, ...contact } },
    reach: { lastInbound: { wa: NOW - 1 } },
  });
  const wa = inbox("wa", "whatsapp", { provider: provider ?? "outbox" });
  const inboxes = new Map(workspace.inboxes).set("wa", wa);
  return decide(compiled, position, { ...rest, workspace: { ...workspace, inboxes } }, NOW);
}

async function said(given: Partial<Rich>, world?: World): Promise<OutgoingMessage> {
  const decision = await decided(given, world);
  if (decision.kind !== "send") throw new Error(JSON.stringify(decision));
  return decision.message;
}

const pay = {
  text: "Pay {{ charge.number }}",
  url: "https://example.com/{{ charge.number }}?a=1&b=2",
};
const yes = { text: "Yes", reply: "YES" };
const file = {
  url: "https://example.com/{{ charge.number }}.pdf",
  name: "charge {{ charge.number }}.pdf",
};

describe("on email", () => {
  test("buttons and attachments are links, in HTML and in text; files may go along", async () => {
    const message = await said({ buttons: [pay, yes], attachments: [file, { url: file.url }] });
    const url = "https://example.com/42.pdf";
    const attachments = [{ name: "charge 42.pdf", url }, { url }];
    expect(message).toMatchObject({ subject: "Hello", buttons: [], attachments });
    expect(message.text.split("\n")).toEqual([
      "Hi Ana",
      "",
      "Pay 42: https://example.com/42?a=1&b=2",
      "- Yes: YES",
      "charge 42.pdf: https://example.com/42.pdf",
      "https://example.com/42.pdf",
    ]);
    expect(message.html).toMatch(/^<p><strong>Hi<\/strong> Ana<\/p>\n/);
    expect(message.html).toMatch(
      /<a href="https:\/\/example.com\/42\?a=1&amp;b=2" style="[^"]+">Pay 42<\/a>/,
    );
    expect(message.html).toContain('<a href="https://example.com/42.pdf">charge 42.pdf</a>');
    expect(message.html).toContain("<p>- Yes: YES</p>");
  });
});

describe("on SMS", () => {
  test("all of it is plain text with links", async () => {
    const message = await said({ buttons: [pay, yes], attachments: [file] }, { channel: "sms" });
    expect(message).toMatchObject({ subject: null, html: null, buttons: [], attachments: [] });
    expect(message.text).toBe(
      "Hi Ana\n\nPay 42: https://example.com/42?a=1&b=2\n- Yes: YES\ncharge 42.pdf: https://example.com/42.pdf",
    );
  });
});

describe("on WhatsApp", () => {
  const channel = "whatsapp";
  test("text has its own marks; a reply button and a file go beside it, a link is a line", async () => {
    expect(await said({ buttons: [pay, yes], attachments: [file] }, { channel })).toMatchObject({
      text: "*Hi* Ana\n\nPay 42: https://example.com/42?a=1&b=2",
      html: null,
      subject: null,
      buttons: [{ text: "Yes" }],
      attachments: [{ name: "charge 42.pdf", url: "https://example.com/42.pdf" }],
    });
  });
  test("up to three replies are buttons; a link beside them, and what is too many or too long, are lines", async () => {
    const replies = ["A", "B", "C", "D"].map((text) => ({ text }));
    const long = { text: "This label is far too long" };
    const message = await said(
      {
        buttons: [long, ...replies, pay],
        attachments: [file, { url: "https://example.com/b.png" }],
      },
      { channel },
    );
    expect(message.buttons.map(({ text }) => text)).toEqual(["A", "B", "C"]);
    expect(message.attachments).toHaveLength(1);
    expect(message.text.split("\n").slice(2)).toEqual([
      "- This label is far too long",
      "- D",
      "Pay 42: https://example.com/42?a=1&b=2",
      "https://example.com/b.png",
    ]);
  });
  test("a text too long for a message with buttons goes alone", async () => {
    const message = await said(
      { body: "x".repeat(1_025), buttons: [yes], attachments: [file] },
      { channel },
    );
    expect(message).toMatchObject({ buttons: [], attachments: [] });
    expect(message.text).toMatch(/x\n\n- Yes: YES\ncharge 42\.pdf: /);
  });
  test.each(["twilio", "whatsapp_web"] as const)(
    "%s has files, and no buttons",
    async (provider) => {
      const message = await said({ buttons: [pay], attachments: [file] }, { channel, provider });
      expect(message).toMatchObject({ buttons: [], attachments: [{ name: "charge 42.pdf" }] });
      expect(message.text).toBe("*Hi* Ana\n\nPay 42: https://example.com/42?a=1&b=2");
    },
  );
});

describe("wordings", () => {
  const content = {
    subject: "Hello",
    body: "*base*",
    channels: { sms: { body: "base **sms**" } },
    languages: {
      "pt-BR": { subject: "Oi", body: "*pt*", channels: { sms: { body: "pt sms" } } },
      de: { subject: "Hallo {{ contact.first_name }}" },
    },
  } as const;
  test.each([
    ["en", "email", "Hello", "base"],
    ["en", "sms", null, "base sms"],
    ["pt-BR", "email", "Oi", "pt"],
    ["pt-br", "sms", null, "pt sms"],
    ["pt-BR", "whatsapp", null, "_pt_"],
    ["de-AT", "email", "Hallo Ana", "base"],
    ["de-AT", "sms", null, "base sms"],
  ] as const)("%s by %s: language, channel, base", async (language, channel, subject, text) => {
    expect(await said(content, { channel, contact: { language } })).toMatchObject({
      subject,
      text,
    });
  });
});

describe("links are checked once they are rendered", () => {
  const company = (link: string) => ({ contact: { company: link } });
  test.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://example.com",
    "//example.com",
    "example.com",
    "https://bank.example@evil.example",
    "https://exa mple.com",
    'https://example.com/"onclick="x',
    "https://",
    "x",
  ])("%s is not sent", async (link) => {
    const buttons = [{ text: "Open", url: "{{ contact.company }}" }];
    for (const channel of ["email", "sms", "whatsapp"] as const) {
      const world = { channel, ...company(link) };
      const failed = { kind: "fail", code: "bad_link" };
      expect(await decided({ buttons }, world)).toMatchObject(failed);
      const attachments = [{ url: "{{ contact.company }}" }];
      expect(await decided({ attachments }, world)).toMatchObject(failed);
    }
  });
  test("a button may lead to http, a file is fetched by https", async () => {
    const url = "http://example.com/a";
    expect(await decided({ buttons: [{ text: "Open", url }] })).toMatchObject({ kind: "send" });
    expect(await decided({ attachments: [{ url }] })).toEqual({
      kind: "fail",
      code: "bad_link",
      message: '"http://example.com/a" is not an https link',
    });
  });
  test("nor can data make another kind of link within the text", async () => {
    const body = "[Open]({{ contact.company }})";
    expect(await decided({ body }, company("javascript:alert(1)"))).toMatchObject({
      code: "bad_link",
    });
    expect(await said({ body }, company("https://example.com/a_b?c=(d)"))).toMatchObject({
      text: "Open (https://example.com/a_b?c=(d))",
    });
  });
});

describe("blank and hostile data", () => {
  test("a blank in a button or a file keeps the whole message back", async () => {
    const buttons = [{ text: "Pay", url: "{{ charge.payment_url }}" }];
    const attachments = [{ url: "https://example.com/a", name: "{{ contact.company }}" }];
    expect(await decided({ buttons, attachments })).toEqual({
      kind: "hold",
      reason: "blank: charge.payment_url, contact.company",
    });
  });
  test("data is text in every part", async () => {
    const first_name = '<img src=x onerror=y> [x](https://evil.example) **b** `c` "';
    const message = await said(
      {
        body: "<div>\n{{ contact.first_name }}\n</div>",
        buttons: [{ text: "{{ contact.first_name }}", url: "https://example.com" }],
        attachments: [{ url: "https://example.com/a", name: "{{ contact.first_name }}" }],
      },
      { contact: { first_name } },
    );
    expect(message.html).not.toMatch(/<(?:img|strong|code|div)|evil\.example"/);
    expect(message.text).toContain(first_name);
  });
  test("markdown without end is no message", async () => {
    expect(await decided({ body: ">".repeat(9_000) })).toMatchObject({ code: "too_big" });
  });
});
