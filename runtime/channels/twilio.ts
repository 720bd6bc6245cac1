import twilio from "twilio";
import type { SendResult } from "../../core/enrollment/index.ts";
import { SEND_TIMEOUT_MS, type Channel } from "./channel.ts";

export interface TwilioSettings {
  readonly accountSid: string;
  readonly authToken: string;
  readonly messagingServiceSid: string | null;
  /** Another address of Twilio's API; null: its own. */
  readonly baseUrl: string | null;
}

/** Sends SMS by Twilio's Messages resource. */
export function createTwilio(settings: TwilioSettings): Channel {
  const client = twilio(settings.accountSid, settings.authToken, {
    timeout: SEND_TIMEOUT_MS,
    autoRetry: false,
  });
  if (settings.baseUrl !== null) client.api.baseUrl = settings.baseUrl;
  return {
    async send({ to, text, inbox }) {
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
        const message = await client.messages.create({ to, body: text, ...sender });
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
}

const RETRY = new Set([30003, 30001, 30002]);
const RATE_LIMITED = new Set([20429, 30022, 14107]);
/** The connection was never made, so nothing was asked for. */
const NOT_CONNECTED = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);
const PAUSE_MS = 30_000;

/**
 * What a failure of a create means. Twilio has no idempotency key, so an answer that was lost, or a
 * 5xx, leaves it open whether the message was taken.
 */
function consequenceOf({ code = "unknown", status, message }: TwilioError): SendResult {
  const told = { code: String(code), message };
  if (typeof code === "string" && NOT_CONNECTED.has(code)) return { kind: "retry", ...told };
  if (status === undefined || status >= 500) return { kind: "ambiguous", ...told };
  if (status === 429 || RATE_LIMITED.has(Number(code)))
    return { kind: "snooze", ...told, afterMs: PAUSE_MS };
  if (status === 401 || status === 403) return { kind: "retry", ...told };
  return { kind: RETRY.has(Number(code)) ? "retry" : "permanent", ...told };
}
