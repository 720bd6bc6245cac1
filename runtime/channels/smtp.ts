import { isIP } from "node:net";
import nodemailer from "nodemailer";
import type { SendResult } from "../../core/enrollment/index.ts";
import { SEND_TIMEOUT_MS, type Channel, type Delivery } from "./channel.ts";

export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS where the server offers it. */
  readonly secure: boolean;
  readonly user: string | null;
  readonly password: string | null;
  /** How many connections at once. */
  readonly connections: number;
}

/** Sends mail by SMTP, over a pool of connections. */
export function createSmtp(settings: SmtpSettings): Channel {
  const { host, port, secure, user, password, connections } = settings;
  const transport = nodemailer.createTransport({
    pool: true,
    maxConnections: connections,
    host,
    port,
    secure,
    ...(user === null ? {} : { auth: { user, pass: password ?? "" } }),
    ...(isIP(host) ? {} : { tls: { servername: host } }),
    connectionTimeout: SEND_TIMEOUT_MS / 2,
    greetingTimeout: SEND_TIMEOUT_MS / 2,
    socketTimeout: SEND_TIMEOUT_MS,
    // A message holds texts only: nothing in it may make the server read a file or fetch a URL.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(delivery) {
      try {
        const { messageId, response } = await transport.sendMail(mailOf(delivery));
        return { kind: "sent", providerId: messageId || response };
      } catch (error) {
        return consequenceOf(error as SmtpError);
      }
    },
    close: () => Promise.resolve(transport.close()),
  };
}

interface SmtpError extends Error {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
}

/**
 * What an SMTP failure means: a 4xx answer is worth another attempt, a 5xx is not (RFC 5321 §4.2.1);
 * a connection lost once the message's end was sent leaves it open whether it was taken.
 */
function consequenceOf({
  code = "ESMTP",
  command = "",
  responseCode,
  message,
}: SmtpError): SendResult {
  if (responseCode !== undefined && responseCode >= 500) {
    const isLogin = code === "EAUTH";
    return { kind: isLogin ? "retry" : "permanent", code: String(responseCode), message };
  }
  if (responseCode !== undefined && responseCode >= 400) {
    return { kind: "retry", code: String(responseCode), message };
  }
  if (BEFORE_CONTENT.has(code) || BEFORE_DATA.test(command))
    return { kind: "retry", code, message };
  if (code === "EENVELOPE" || code === "EMESSAGE") return { kind: "permanent", code, message };
  return { kind: "ambiguous", code, message };
}

const BEFORE_CONTENT = new Set([
  "ECONNREFUSED",
  "EDNS",
  "ENOTFOUND",
  "EAUTH",
  "ETLS",
  "ECONNECTION",
]);
/** The command under way when the connection was lost: the content had not been sent. */
const BEFORE_DATA = /^(?:CONN|EHLO|HELO|STARTTLS|AUTH|MAIL|RCPT|API)/;

function mailOf(delivery: Delivery) {
  const { id, inbox, to, subject, text, html, thread } = delivery;
  const domain = /@([\w.-]+)/.exec(inbox.from)?.[1] ?? "cadenza.invalid";
  const idOf = (message: string) => `<${message}@${domain}>`;
  const last = thread.at(-1);
  return {
    from: inbox.from,
    // As an object, so that a comma in it can never add a recipient.
    to: { name: "", address: to },
    subject: subject ?? "",
    text,
    ...(html === null ? {} : { html }),
    messageId: idOf(id),
    ...(last === undefined ? {} : { inReplyTo: idOf(last), references: thread.map(idOf) }),
  };
}
