import { META } from "../channels/meanings.ts";
import {
  keptText,
  keyOf,
  type DeliveryReport,
  type DeliveryState,
  type InboundEvent,
  type InboundMedia,
  type InboundMessage,
  type Preference,
} from "./events.ts";
import { keywordOf } from "./keywords.ts";
import { e164 } from "./phones.ts";
import { list, ownId, record, seconds, text, type Unknown } from "./values.ts";

/** What a webhook says about one of the business's numbers. */
interface MetaBatch {
  /** Meta's id of the number; one webhook may speak of several. */
  readonly phoneNumberId: string;
  readonly events: readonly InboundEvent[];
}

/**
 * Reads a webhook of Meta's Cloud API: messages, statuses and preferences, of any number of entries.
 * Fields and types that are not known are passed over, because Meta adds new ones.
 */
export function readMeta(body: unknown): MetaBatch[] {
  return list(record(body)["entry"])
    .flatMap((entry) => list(entry["changes"]))
    .flatMap(({ value: given }): MetaBatch[] => {
      const value = record(given);
      const phoneNumberId = text(record(value["metadata"])["phone_number_id"]);
      if (phoneNumberId === undefined) return [];
      const people = list(value["contacts"]);
      const events = [
        ...list(value["messages"]).flatMap((one) => message(one, people)),
        ...list(value["statuses"]).flatMap(delivery),
        ...list(value["user_preferences"]).flatMap(preference),
      ];
      return events.length === 0 ? [] : [{ phoneNumberId, events }];
    });
}

/** Not written by a person: what the service itself says. */
const NOTICES = new Set(["system", "ephemeral", "request_welcome"]);
const MEDIA = new Set(["image", "audio", "video", "document", "sticker"]);

function message(given: Unknown, people: readonly Unknown[]): InboundMessage[] {
  const id = text(given["id"]);
  const type = text(given["type"]) ?? "unknown";
  if (id === undefined || NOTICES.has(type)) return [];
  const from = text(given["from"]);
  const person =
    people.find((one) => from !== undefined && text(one["wa_id"]) === from) ?? people[0];
  const userId = text(given["from_user_id"]) ?? text(person?.["user_id"]) ?? null;
  const address = e164(from ?? text(person?.["wa_id"]));
  if (address === null && userId === null) return [];
  const isReaction = type === "reaction";
  const said = wordsOf(type, given);
  return [
    {
      kind: "message",
      key: keyOf("message", id),
      providerId: id,
      at: seconds(given["timestamp"]),
      address,
      userId,
      nature: isReaction ? "reaction" : "human",
      type,
      text: said,
      subject: null,
      media: mediaOf(type, given),
      answers: [],
      answersProviderId:
        text(
          record(given[isReaction ? "reaction" : "context"])[isReaction ? "message_id" : "id"],
        ) ?? null,
      keyword: isReaction ? null : keywordOf(said),
    },
  ];
}

function wordsOf(type: string, given: Unknown): string | null {
  const own = record(given[type]);
  switch (type) {
    case "text":
      return keptText(own["body"]);
    case "button":
      return keptText(own["text"]);
    case "reaction":
      return keptText(own["emoji"]);
    case "interactive": {
      const answer = record(own["button_reply"] ?? own["list_reply"]);
      return keptText(answer["title"]);
    }
    default:
      return keptText(own["caption"]);
  }
}

function mediaOf(type: string, given: Unknown): InboundMedia[] {
  if (!MEDIA.has(type)) return [];
  const { id, mime_type, filename } = record(given[type]);
  const name = text(filename);
  return [
    {
      type: text(mime_type) ?? type,
      ...(text(id) === undefined ? {} : { id: text(id)! }),
      ...(name === undefined ? {} : { name }),
    },
  ];
}

function delivery(given: Unknown): DeliveryReport[] {
  const [id, status] = [text(given["id"]), text(given["status"])];
  const state = STATES[status ?? ""];
  if (id === undefined || status === undefined || state === undefined) return [];
  const [error = {}] = list(given["errors"]);
  const code = text(error["code"]) ?? null;
  const isFailure = state === "failed";
  const details = text(record(error["error_data"])["details"]);
  const message = details ?? text(error["message"]) ?? text(error["title"]);
  return [
    {
      kind: "delivery",
      key: keyOf("delivery", id, status),
      state,
      providerId: id,
      messageId: ownId(given["biz_opaque_callback_data"]),
      at: seconds(given["timestamp"]),
      code: isFailure ? (code ?? "failed") : null,
      message: isFailure ? (message ?? "Meta says failed") : null,
      means: isFailure ? (META[code ?? ""] ?? null) : null,
      userId: text(given["recipient_user_id"]) ?? null,
    },
  ];
}

/** A voice message that was played was read; `deleted` and `warning` change nothing. */
const STATES: { readonly [status: string]: DeliveryState } = {
  sent: "sent",
  delivered: "delivered",
  read: "read",
  played: "read",
  failed: "failed",
};

/** The person's own switch for a business's marketing messages. */
function preference(given: Unknown): Preference[] {
  const address = e164(text(given["wa_id"]));
  const wants = { stop: "stop", resume: "start" }[text(given["value"]) ?? ""] as
    | "stop"
    | "start"
    | undefined;
  if (address === null || wants === undefined) return [];
  const at = text(given["timestamp"]) ?? "";
  return [
    {
      kind: "preference",
      key: keyOf("preference", address, wants, at),
      address,
      wants,
      purpose: "marketing",
    },
  ];
}
