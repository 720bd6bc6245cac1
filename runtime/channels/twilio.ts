import twilio from "twilio";
import type { SendResult } from "../../core/enrollment/index.ts";
import { SEND_TIMEOUT_MS, unusable, type Channel, type Delivery } from "./channel.ts";
import { refusalOf, TWILIO } from "./meanings.ts";
import { templateParameter } from "./whatsapp.ts";

export interface TwilioSettings {
  readonly accountSid: string;
  readonly authToken: string;
  readonly messagingServiceSid: string | null;
  /** How many connections at once. */
  readonly connections: number;
  /** Another address of Twilio's API; null: its own. */
  readonly baseUrl: string | null;
  /** Where Twilio reports what becomes of a message; null: nowhere it could reach. */
  readonly statusCallback: string | null;
}

/** Sends SMS and WhatsApp messages by Twilio's Messages resource. */
export function createTwilio(settings: TwilioSettings): Channel {
  const httpClient = new twilio.RequestClient({
    timeout: SEND_TIMEOUT_MS,
    maxSockets: settings.connections,
    // A kept connection that the server closed meanwhile would look like an answer that was lost.
    keepAlive: false,
    autoRetry: false,
  });
  const client = twilio(settings.accountSid, settings.authToken, { httpClient });
  if (settings.baseUrl !== null) client.api.baseUrl = settings.baseUrl;
  return {
    async send(delivery) {
      const said = contentOf(delivery);
      if ("kind" in said) return said;
      const { statusCallback } = settings;
      try {
        const message = await client.messages.create({
          ...addressed(delivery, settings.messagingServiceSid),
          ...said,
          ...(statusCallback === null
            ? {}
            : { statusCallback: `${statusCallback}?message=${delivery.id}` }),
        });
        return { kind: "sent", providerId: message.sid };
      } catch (error) {
        return consequenceOf(error as TwilioError);
      }
    },
    async lookUp({ channel, to, text, since }) {
      const sentTo = channel === "whatsapp" ? `whatsapp:${to}` : to;
      const found = await client.messages.list({
        to: sentTo,
        dateSentAfter: new Date(since),
        limit: MOST_FOUND,
      });
      const ours = found.filter(
        ({ body, direction, dateCreated }) =>
          body === text &&
          direction.startsWith("outbound") &&
          // Twilio's clock counts whole seconds.
          dateCreated.getTime() >= Math.floor(since / 1_000) * 1_000,
      );
      return ours.map(({ sid }) => sid);
    },
  };
}

const MOST_FOUND = 50;

function addressed({ channel, to, inbox }: Delivery, messagingServiceSid: string | null) {
  const at = (number: string) => (channel === "whatsapp" ? `whatsapp:${number}` : number);
  const sender = messagingServiceSid === null ? { from: at(inbox.from) } : { messagingServiceSid };
  return { to: at(to), ...sender };
}

/** What is said: a text with files, or an approved template; or what Twilio would certainly refuse. */
function contentOf({ channel, text, attachments, template }: Delivery) {
  if (template !== null) {
    if (template.content_sid === undefined) {
      const message = `template ${template.id} names no content_sid`;
      return refused("template_without_sid", message, { means: "template" });
    }
    const given = Object.entries(template.parameters).map(([name, value]) => [
      Array.isArray(template.parameters) ? String(Number(name) + 1) : name,
      templateParameter(value),
    ]);
    const contentSid = template.content_sid;
    if (given.length === 0) return { contentSid };
    return { contentSid, contentVariables: JSON.stringify(Object.fromEntries(given)) };
  }
  if (text.length > MOST_TEXT) {
    const name = channel === "whatsapp" ? "a WhatsApp message" : "an SMS";
    return refused("21617", `${name} has at most ${MOST_TEXT} characters`);
  }
  // Twilio fetches the files itself: this server asks nobody for an address that a message names.
  const media = attachments.length === 0 ? {} : { mediaUrl: attachments.map(({ url }) => url) };
  return { body: text, ...media };
}

function refused(code: string, message: string, more: { readonly means?: "template" } = {}) {
  return { kind: "permanent", code, message, ...more } as const;
}

/** Twilio: "The Body parameter must be 1,600 characters or fewer". */
const MOST_TEXT = 1600;

interface TwilioError extends Error {
  /** Twilio's own number, or the system's name of a connection failure. */
  readonly code?: number | string;
  readonly status?: number;
  readonly syscall?: string;
}

/** The connection was never made, or its certificate was refused: nothing was asked for. */
const NOT_CONNECTED =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT_|ERR_TLS|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/;
const AUTHENTICATE = 20003;
const PAUSE_MS = 30_000;

/**
 * What a failure of a create means. Twilio has no idempotency key, so an answer that was lost, or a
 * 5xx, leaves it open whether the message was taken.
 */
function consequenceOf(error: TwilioError): SendResult {
  const { code = "unknown", status, syscall, message } = error;
  const told = { code: String(code), message };
  if (NOT_CONNECTED.test(told.code) || syscall === "connect") return { kind: "retry", ...told };
  if (status === undefined || status >= 500) return { kind: "ambiguous", ...told };
  const meaning = TWILIO[told.code];
  if (status === 429 || meaning === "rate") return { kind: "snooze", ...told, afterMs: PAUSE_MS };
  if (status === 401 || code === AUTHENTICATE) return unusable(message);
  if (meaning === "retry") return { kind: "retry", ...told };
  return { kind: "permanent", ...told, ...refusalOf(meaning) };
}
