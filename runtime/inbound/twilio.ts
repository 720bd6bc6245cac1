import { TWILIO } from "../channels/meanings.ts";
import {
  keptText,
  keyOf,
  type DeliveryReport,
  type DeliveryState,
  type InboundEvent,
  type InboundMessage,
} from "./events.ts";
import { keywordOf } from "./keywords.ts";
import { e164 } from "./phones.ts";
import { ownId } from "./values.ts";

type Form = { readonly [name: string]: string | string[] };

/**
 * What a Twilio webhook says: a message that came in, or what became of one of ours.
 * @param query of the address it called, which can name our message
 * @returns nothing for what is neither
 */
export function readTwilio(form: Form, query: { readonly message?: unknown } = {}): InboundEvent[] {
  const of = (name: string): string | undefined => [form[name] ?? []].flat()[0] || undefined;
  const sid = of("MessageSid") ?? of("SmsSid");
  if (sid === undefined) return [];
  const status = of("MessageStatus") ?? of("SmsStatus");
  const isInbound = status === undefined || status === "received" || status === "receiving";
  return isInbound ? message(of, sid) : delivery(of, sid, status, ownId(query.message));
}

type Read = (name: string) => string | undefined;

function message(of: Read, sid: string): InboundMessage[] {
  const from = of("From");
  const address = e164(from);
  // A person who hides their number is known by WhatsApp's id, in `From` too.
  const scoped = /^whatsapp:([A-Z]{2}\.[\w.-]+)$/.exec(from ?? "")?.[1];
  const userId = of("ExternalUserId") ?? scoped ?? null;
  if (address === null && userId === null) return [];
  const media = Array.from(
    { length: Math.min(Number(of("NumMedia")) || 0, MOST_MEDIA) },
    (_, i) => ({
      type: of(`MediaContentType${i}`) ?? "unknown",
      url: of(`MediaUrl${i}`) ?? "",
    }),
  );
  const text = keptText(of("Body")) ?? keptText(of("ButtonText"));
  const type = of("MessageType") ?? (media.length > 0 ? "media" : "text");
  return [
    {
      kind: "message",
      key: keyOf("message", sid),
      providerId: sid,
      at: null,
      address,
      userId,
      nature: type === "reaction" ? "reaction" : "human",
      type,
      text,
      subject: null,
      media,
      answers: [],
      answersProviderId: of("OriginalRepliedMessageSid") ?? null,
      keyword: KEYWORDS[of("OptOutType") ?? ""] ?? keywordOf(text, "twilio"),
    },
  ];
}

const MOST_MEDIA = 20;
/** What Twilio's own opt-out management took it for. */
const KEYWORDS: { readonly [type: string]: "stop" | "start" } = { STOP: "stop", START: "start" };

function delivery(
  of: Read,
  sid: string,
  status: string,
  messageId: string | null,
): DeliveryReport[] {
  const state = STATES[status];
  if (state === undefined) return [];
  const code = of("ErrorCode") ?? null;
  const isFailure = state === "failed";
  return [
    {
      kind: "delivery",
      key: keyOf("delivery", sid, status),
      state,
      providerId: sid,
      messageId,
      at: null,
      code: isFailure ? (code ?? status) : null,
      message: isFailure ? (of("ErrorMessage") ?? `Twilio says ${status}`) : null,
      means: isFailure ? (TWILIO[code ?? ""] ?? null) : null,
      userId: null,
    },
  ];
}

/** `queued`, `accepted`, `scheduled` and `sending` say nothing yet. */
const STATES: { readonly [status: string]: DeliveryState } = {
  sent: "sent",
  delivered: "delivered",
  read: "read",
  undelivered: "failed",
  failed: "failed",
  canceled: "failed",
};
