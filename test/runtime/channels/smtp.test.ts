import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { simpleParser, type ParsedMail } from "mailparser";
import { SMTPServer } from "smtp-server";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Channel } from "../../../runtime/channels/channel.ts";
import { filesFrom } from "../../../runtime/channels/files.ts";
import { createSmtp, type SmtpSettings } from "../../../runtime/channels/smtp.ts";
import { delivery } from "../../support/delivery.ts";
import { startProvider } from "../../support/provider.ts";
import { startScriptedSmtp, type Point, type Reaction } from "../../support/scripted-smtp.ts";

const never = new AbortController().signal;
const open: Channel[] = [];

function smtp(port: number, given: Partial<SmtpSettings> = {}): Channel {
  const settings = { host: "127.0.0.1", port, secure: false, user: null, password: null };
  const files = filesFrom(undefined);
  const channel = createSmtp({ ...settings, connections: 2, files, ...given });
  open.push(channel);
  return channel;
}

afterEach(async () => {
  for (const channel of open.splice(0)) await channel.close?.();
});

describe("what a real server receives", () => {
  const received: { mail: ParsedMail; recipients: string[] }[] = [];
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    onData(stream, session, done) {
      void simpleParser(stream).then((mail) => {
        received.push({ mail, recipients: session.envelope.rcptTo.map(({ address }) => address) });
        done();
      });
    },
  });
  let port: number;
  beforeAll(async () => {
    const listening = server.listen(0, "127.0.0.1");
    await once(listening, "listening");
    port = (listening.address() as AddressInfo).port;
  });
  afterAll(() => new Promise<void>((resolve) => server.close(resolve)));
  afterEach(() => received.splice(0));

  test("files of allowed hosts go along; what cannot be had stays a link", async () => {
    const host = await startProvider((response) => {
      const { path } = host.asked.at(-1)!;
      if (path === "/moved.pdf") return void response.writeHead(302, { location: "/42.pdf" }).end();
      if (path === "/large.pdf") return void response.end(Buffer.alloc(11 * 1024 * 1024));
      if (path === "/gone.pdf") return void response.writeHead(404).end("no");
      response.writeHead(200, { "content-type": "application/pdf; x=y" }).end("%PDF 42");
    });
    const get = (url: string, init: RequestInit) =>
      fetch(url.replace("https://files.example.com", host.url), init);
    const files = filesFrom("mail.example.com, Files.example.com", get);
    const at = (path: string) => ({ url: `https://files.example.com/${path}` });
    const attachments = [
      { ...at("42.pdf"), name: "Rechnung für Ana.pdf" },
      at("gone.pdf"),
      at("moved.pdf"),
      at("large.pdf"),
      at("b%20c.pdf?size=2"),
      { url: "https://elsewhere.example/42.pdf" },
      { url: "http://files.example.com/42.pdf" },
      { url: "https://files.example.com:8443/42.pdf" },
    ];
    const mail = delivery({ attachments });
    expect(await smtp(port, { files }).send(mail, never)).toMatchObject({ kind: "sent" });
    await smtp(port).send(mail, never);
    await host.close();
    const [fetched, unfetched] = received as [(typeof received)[number], (typeof received)[number]];
    expect(fetched.mail.attachments).toMatchObject([
      { filename: "Rechnung für Ana.pdf", contentType: "application/pdf", size: 7 },
      { filename: "b c.pdf", contentType: "application/pdf" },
    ]);
    expect(fetched.mail.text).toBe("Hi Ana,\n\nwelcome.");
    expect(unfetched.mail.attachments).toEqual([]);
    expect(host.asked.map(({ path }) => path).toSorted()).toEqual([
      "/42.pdf",
      "/b%20c.pdf?size=2",
      "/gone.pdf",
      "/large.pdf",
      "/moved.pdf",
    ]);
  });

  test("text and HTML, from the inbox, at the clock's time, under the message's own id", async () => {
    const mail = delivery({ html: "<p>Hi Ana</p>", subject: "Olá, Ana — 50 €" });
    const id = `<${mail.id}@example.com>`;
    expect(await smtp(port).send(mail, never)).toEqual({ kind: "sent", providerId: id });
    expect(received).toHaveLength(1);
    const [{ mail: got, recipients }] = received as [(typeof received)[number]];
    expect(recipients).toEqual(["ana@example.com"]);
    expect(got).toMatchObject({
      subject: "Olá, Ana — 50 €",
      messageId: id,
      date: new Date("2026-03-02T10:00:00Z"),
      html: "<p>Hi Ana</p>",
      text: "Hi Ana,\n\nwelcome.",
    });
    expect(got.from?.value).toEqual([{ name: "Harbour Street", address: "hello@example.com" }]);
    expect(got.inReplyTo).toBeUndefined();
  });

  test("a mail that continues a conversation refers to those before it", async () => {
    await smtp(port).send(delivery({ thread: ["first", "second"] }), never);
    expect(received[0]!.mail).toMatchObject({
      inReplyTo: "<second@example.com>",
      references: ["<first@example.com>", "<second@example.com>"],
    });
  });

  test.each([
    ["https://example.com/u/1", "List-Unsubscribe=One-Click"],
    ["http://localhost:8080/u/1", undefined],
    [null, undefined],
  ])("marketing can be unsubscribed from at %s", async (unsubscribe, post) => {
    await smtp(port).send(delivery({ unsubscribe }), never);
    const lines = received[0]!.mail.headerLines;
    const header = (name: string) =>
      lines.find(({ key }) => key === name)?.line.replace(/^[^:]*:\s*/, "");
    expect(header("list-unsubscribe")).toBe(unsubscribe === null ? undefined : `<${unsubscribe}>`);
    expect(header("list-unsubscribe-post")).toBe(post);
  });

  test("text that looks like a file or a header stays text", async () => {
    const text = "{ path: /etc/passwd }\n.\nBcc: evil@example.com";
    const subject = "Hello\r\nBcc: evil@example.com";
    await smtp(port).send(delivery({ text, subject }), never);
    expect(received[0]!.recipients).toEqual(["ana@example.com"]);
    expect(received[0]!.mail.bcc).toBeUndefined();
    expect(received[0]!.mail.text).toContain("/etc/passwd");
  });

  test.each([
    "ana@example.com, evil@example.com",
    "ana@example.com;evil@example.com",
    "Ana <ana@example.com>",
    "ana@example.com\r\nRCPT TO:<evil@example.com>",
    "ana",
    "",
  ])("%j is not one address, and goes nowhere", async (to) => {
    const result = await smtp(port).send(delivery({ to }), never);
    expect(result).toMatchObject({ kind: "permanent", code: "bad_address" });
    expect(received).toEqual([]);
  });

  test("more mails than connections all arrive", async () => {
    const channel = smtp(port);
    const ids = Array.from({ length: 20 }, (_, index) => `m${index}`);
    const results = await Promise.all(ids.map((id) => channel.send(delivery({ id }), never)));
    expect(results.every((result) => result.kind === "sent")).toBe(true);
    const got = received.map(({ mail }) => mail.messageId);
    expect(new Set(got)).toEqual(new Set(ids.map((id) => `<${id}@example.com>`)));
  });
});

describe("what a failure means", () => {
  test.each<[Partial<Record<Point, Reaction>>, object]>([
    // The server says no to this message.
    [{ RCPT: "550 no such user" }, { kind: "permanent", code: "550" }],
    [{ MAIL: "553 not your address" }, { kind: "permanent", code: "553" }],
    [{ DATA: "554 no" }, { kind: "permanent", code: "554" }],
    [{ content: "554 spam" }, { kind: "permanent", code: "554" }],
    // Not now.
    [{ RCPT: "451 greylisted" }, { kind: "retry", code: "451" }],
    [{ MAIL: "421 too many" }, { kind: "retry", code: "421" }],
    [{ DATA: "452 full" }, { kind: "retry", code: "452" }],
    [{ content: "451 try later" }, { kind: "retry", code: "451" }],
    [{ content: "421 closing" }, { kind: "retry", code: "421" }],
    // No to us, not to the message.
    [{ greeting: "554 no service" }, { kind: "retry", code: "554" }],
    [{ MAIL: "503 bad sequence" }, { kind: "retry", code: "503" }],
    // The line is cut before any content: certainly not sent.
    [{ MAIL: "cut" }, { kind: "retry" }],
    [{ RCPT: "cut" }, { kind: "retry" }],
    [{ DATA: "cut" }, { kind: "retry" }],
    // Cut after the content: who knows.
    [{ content: "cut" }, { kind: "ambiguous" }],
  ])("%j → %j", async (script, expected) => {
    const server = await startScriptedSmtp(script);
    const result = await smtp(server.port).send(delivery(), never);
    expect(result).toMatchObject(expected);
    await server.close();
  });

  test("a server that cuts every new line is given up in time", async () => {
    const server = await startScriptedSmtp({ greeting: "cut" });
    const result = await smtp(server.port).send(delivery(), AbortSignal.timeout(300));
    expect(result).toMatchObject({ kind: "retry" });
    await server.close();
  });

  test("nothing listens: certainly not sent", async () => {
    const server = await startScriptedSmtp();
    await server.close();
    expect(await smtp(server.port).send(delivery(), never)).toMatchObject({ kind: "retry" });
  });

  test("a wrong password is for the operator to mend, not the message's fault", async () => {
    const server = await startScriptedSmtp({ AUTH: "535 wrong password" });
    const channel = smtp(server.port, { user: "u", password: "wrong" });
    const result = await channel.send(delivery(), never);
    expect(result).toMatchObject({ kind: "snooze", code: "inbox_unusable" });
    await server.close();
  });

  test("a password is not given to a foreign server in the clear", async () => {
    const server = await startScriptedSmtp();
    // Any name of this machine but the known ones stands for another machine.
    const channel = smtp(server.port, { host: "127.0.0.2", user: "u", password: "p" });
    expect(await channel.send(delivery(), never)).toMatchObject({ kind: "retry" });
    expect(server.heard).not.toContain("AUTH");
    await server.close();
  });

  test.each<[Point, string]>([
    ["RCPT", "retry"],
    ["content", "ambiguous"],
  ])("no answer to %s when the time is over: %s", async (point, kind) => {
    const server = await startScriptedSmtp({ [point]: "hang" });
    const stop = new AbortController();
    const sending = smtp(server.port).send(delivery(), stop.signal);
    while (!server.heard.includes(point)) await new Promise(setImmediate);
    stop.abort();
    expect(await sending).toMatchObject({ kind });
    await server.close();
  });
});
