import type { Readable } from "node:stream";
import nodemailer from "nodemailer";
import { SEND_TIMEOUT_MS, type Channel, type Delivery } from "./channel.ts";
import type { Files, MailFile } from "./files.ts";
import { consequenceOf, type SmtpError } from "./smtp-errors.ts";

export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS. */
  readonly secure: boolean;
  readonly user: string | null;
  readonly password: string | null;
  /** How many connections at once. */
  readonly connections: number;
  readonly files: Files;
}

/** One address and nothing else: a comma in it would add a recipient. */
const ONE_ADDRESS = /^[^\s<>,;:"()]+@[^\s<>,;:"()@]+$/;

/** Sends mail by SMTP, over a pool of connections. */
export function createSmtp(settings: SmtpSettings): Channel {
  const transport = nodemailer.createTransport({
    pool: true,
    maxConnections: settings.connections,
    host: settings.host,
    port: settings.port,
    secure: settings.secure,
    ...login(settings),
    connectionTimeout: SEND_TIMEOUT_MS,
    greetingTimeout: SEND_TIMEOUT_MS,
    socketTimeout: SEND_TIMEOUT_MS,
    // A message holds texts only: nothing in it may make the server read a file or fetch a URL.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // What a lost connection means depends on whether the server had been given any of the content. The
  // library's error does not tell, but the stream it reads the content from does.
  const contents = new Map<string, Readable>();
  transport.use("stream", (mail, done) => {
    const { message, data } = mail;
    const open = message.createReadStream.bind(message);
    message.createReadStream = (options) => {
      const content = open(options);
      contents.set(String(data.messageId), content);
      return content;
    };
    done();
  });

  return {
    async send(delivery, signal) {
      if (!ONE_ADDRESS.test(delivery.to)) {
        return { kind: "permanent", code: "bad_address", message: "not one email address" };
      }
      const mail = mailOf(delivery, await settings.files(delivery.attachments, signal));
      try {
        await transport.sendMail({ ...mail, signal });
        return { kind: "sent", providerId: mail.messageId };
      } catch (error) {
        const begun = contents.get(mail.messageId)?.readableDidRead === true;
        return consequenceOf(error as SmtpError, begun);
      } finally {
        contents.delete(mail.messageId);
      }
    },
    close: () => Promise.resolve(transport.close()),
  };
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "::1"]);

/** A password leaves this machine encrypted only. */
function login({ host, user, password }: SmtpSettings) {
  if (user === null) return {};
  return { auth: { user, pass: password ?? "" }, requireTLS: !LOOPBACK.has(host) };
}

/** One click as in RFC 8058, which asks for HTTPS. */
function unsubscribeHeaders(url: string | null): Record<string, string> {
  if (url === null) return {};
  const isOneClick = url.startsWith("https:");
  return {
    "List-Unsubscribe": `<${url}>`,
    ...(isOneClick ? { "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" } : {}),
  };
}

function mailOf(delivery: Delivery, files: readonly MailFile[]) {
  const { id, inbox, to, subject, text, html, thread, unsubscribe, now } = delivery;
  const domain = /@([\w.-]+)/.exec(inbox.from)?.[1] ?? "cadenza.invalid";
  const idOf = (message: string) => `<${message}@${domain}>`;
  const last = thread.at(-1);
  return {
    from: inbox.from,
    to: { name: "", address: to },
    subject: subject ?? "",
    text,
    ...(html === null ? {} : { html }),
    ...(files.length === 0 ? {} : { attachments: [...files] }),
    date: new Date(now),
    messageId: idOf(id),
    headers: unsubscribeHeaders(unsubscribe),
    ...(last === undefined ? {} : { inReplyTo: idOf(last), references: thread.map(idOf) }),
  };
}
