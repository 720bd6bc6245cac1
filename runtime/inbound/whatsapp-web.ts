import {
  keptText,
  keyOf,
  type DeliveryReport,
  type DeliveryState,
  type InboundEvent,
  type InboundMedia,
  type InboundMessage,
} from "./events.ts";
import { keywordOf } from "./keywords.ts";
import { e164 } from "./phones.ts";
import { list, record, seconds, text, type Unknown } from "./values.ts";

/**
 * Reads a webhook of a WhatsApp Web gateway in the shape of the Evolution API: `messages.upsert` and
 * `messages.update`, one or several. Groups, broadcasts and what was written on the linked phone itself are
 * passed over.
 */
export function readWhatsAppWeb(body: unknown): InboundEvent[] {
  const { event, data } = record(body);
  const items = Array.isArray(data) ? list(data) : [record(data)];
  switch ((text(event) ?? "").toLowerCase().replace("_", ".")) {
    case "messages.upsert":
      return items.flatMap(message);
    case "messages.update":
    case "send.message.update":
      return items.flatMap(delivery);
    default:
      return [];
  }
}

/** A person's own chat: `<number>@s.whatsapp.net`, or `<id>@lid` where the number is hidden. */
function personOf(key: Unknown): { address: string | null; userId: string | null } | null {
  const jids = ["remoteJid", "remoteJidAlt", "senderPn"].map((name) => text(key[name]) ?? "");
  if (!/@(?:s\.whatsapp\.net|c\.us|lid)$/.test(jids[0]!)) return null;
  const part = (domain: RegExp) => jids.find((jid) => domain.test(jid))?.replace(/[:@].*$/, "");
  const address = e164(part(/@(?:s\.whatsapp\.net|c\.us)$/));
  const lid = part(/@lid$/);
  return { address, userId: lid === undefined ? null : `lid:${lid}` };
}

function message(given: Unknown): InboundMessage[] {
  const key = record(given["key"]);
  const [id, person] = [text(key["id"]), personOf(key)];
  if (id === undefined || person === null || key["fromMe"] === true) return [];
  const content = unwrap(record(given["message"]));
  const type = text(given["messageType"]) ?? Object.keys(content)[0] ?? "unknown";
  if (NOTICES.has(type)) return [];
  const own = record(content[type]);
  const reaction = record(content["reactionMessage"]);
  const isReaction = type === "reactionMessage";
  const said = isReaction ? keptText(reaction["text"]) : wordsOf(content, own);
  const context = record(own["contextInfo"] ?? given["contextInfo"]);
  const answered = isReaction ? record(reaction["key"])["id"] : context["stanzaId"];
  return [
    {
      kind: "message",
      key: keyOf("message", id),
      providerId: id,
      at: seconds(given["messageTimestamp"]),
      ...person,
      nature: isReaction ? "reaction" : "human",
      type: type.replace(/Message$/, ""),
      text: said,
      subject: null,
      media: mediaOf(own),
      answers: [],
      answersProviderId: text(answered) ?? null,
      keyword: isReaction ? null : keywordOf(said),
    },
  ];
}

/** Not written by a person: keys, edits and deletions, polls' votes. */
const NOTICES = new Set(["protocolMessage", "senderKeyDistributionMessage", "pollUpdateMessage"]);
const WRAPPERS = [
  "ephemeralMessage",
  "viewOnceMessage",
  "viewOnceMessageV2",
  "documentWithCaptionMessage",
];

function unwrap(content: Unknown): Unknown {
  for (const wrapper of WRAPPERS) {
    if (content[wrapper] !== undefined) return record(record(content[wrapper])["message"]);
  }
  return content;
}

function wordsOf(content: Unknown, own: Unknown): string | null {
  const answer = record(own["singleSelectReply"]);
  const candidates = [
    content["conversation"],
    own["text"],
    own["caption"],
    own["selectedDisplayText"],
    own["title"],
    answer["selectedRowId"],
  ];
  return candidates.map(keptText).find((one) => one !== null) ?? null;
}

function mediaOf(own: Unknown): InboundMedia[] {
  const type = text(own["mimetype"]);
  const name = text(own["fileName"]);
  return type === undefined ? [] : [{ type, ...(name === undefined ? {} : { name }) }];
}

function delivery(given: Unknown): DeliveryReport[] {
  const key = record(given["key"]);
  const id = text(given["keyId"]) ?? text(key["id"]);
  const status = text(given["status"]) ?? text(record(given["update"])["status"]);
  const state = STATES[status ?? ""];
  if (id === undefined || status === undefined || state === undefined) return [];
  const isFailure = state === "failed";
  return [
    {
      kind: "delivery",
      key: keyOf("delivery", id, status),
      state,
      providerId: id,
      messageId: null,
      at: null,
      code: isFailure ? "error" : null,
      message: isFailure ? "the gateway could not send it" : null,
      means: null,
      userId: null,
    },
  ];
}

/** By name, and by the number that some versions write. */
const STATES: { readonly [status: string]: DeliveryState } = {
  ERROR: "failed",
  SERVER_ACK: "sent",
  DELIVERY_ACK: "delivered",
  READ: "read",
  PLAYED: "read",
  "0": "failed",
  "2": "sent",
  "3": "delivered",
  "4": "read",
  "5": "read",
};
