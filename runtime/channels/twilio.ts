import twilio from "twilio";
import type { SendResult } from "../../core/enrollment/index.ts";
import { SEND_TIMEOUT_MS, unusable, type Channel } from "./channel.ts";

export interface TwilioSettings {
  readonly accountSid: string;
  readonly authToken: string;
  readonly messagingServiceSid: string | null;
  /** How many connections at once. */
  readonly connections: number;
  /** Another address of Twilio's API; null: its own. */
  readonly baseUrl: string | null;
}

/** Sends SMS by Twilio's Messages resource. */
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
    async send({ to, text, attachments, inbox }) {
      const sender =
        settings.messagingServiceSid === null
          ? { from: inbox.from }
          : { messagingServiceSid: settings.messagingServiceSid };
      if (text.length > MAX_BODY) {
        return {
          kind: "permanent",
          code: "21617",
          message: `an SMS has at most ${MAX_BODY} characters`,
        };
      }
      try {
        // Twilio fetches the files itself: this server asks nobody for an address that a message names.
        const media =
          attachments.length === 0 ? {} : { mediaUrl: attachments.map(({ url }) => url) };
        const message = await client.messages.create({ to, body: text, ...media, ...sender });
        return { kind: "sent", providerId: message.sid };
      } catch (error) {
        return consequenceOf(error as TwilioError);
      }
    },
  };
}

/** Twilio: "The Body parameter must be 1,600 characters or fewer". */
const MAX_BODY = 1600;

interface TwilioError extends Error {
  /** Twilio's own number, or the system's name of a connection failure. */
  readonly code?: number | string;
  readonly status?: number;
  readonly syscall?: string;
}

const RETRY = new Set([30003, 30001, 30002]);
const RATE_LIMITED = new Set([20429, 30022, 14107]);
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
  if (status === 429 || RATE_LIMITED.has(Number(code)))
    return { kind: "snooze", ...told, afterMs: PAUSE_MS };
  if (status === 401 || code === AUTHENTICATE) return unusable(message);
  return { kind: RETRY.has(Number(code)) ? "retry" : "permanent", ...told };
}
