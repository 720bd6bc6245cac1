import type { Kysely } from "kysely";
import type { Inbox } from "../../core/language/policy.ts";
import { lockContacts } from "../../store/contacts.ts";
import {
  findAnswered,
  findContactAt,
  findSharers,
  findWhatsAppUser,
  rememberWhatsAppUser,
  type AnsweredMessage,
} from "../../store/conversations.ts";
import { newId } from "../../store/ids.ts";
import { saveInboundMessage } from "../../store/inbound.ts";
import type { Schema } from "../../store/schema.ts";
import type { Engine } from "../engine.ts";
import { continueConversation } from "./conversation.ts";
import type { InboundMessage } from "./events.ts";
import { optIn, stop } from "./keyword.ts";
import { phoneVariants } from "./phones.ts";
import { exitOnReply } from "./reply.ts";

/** Who wrote, and what it answers. */
export interface Sender {
  readonly contact: string | null;
  /** Every form of the address they wrote from. */
  readonly addresses: readonly string[];
  readonly answered: readonly AnsweredMessage[];
  /** The inbox that it belongs to: the one of the message it answers, else the one it came to. */
  readonly inbox: string;
}

interface Written {
  readonly inbox: Inbox;
  readonly event: InboundMessage;
  readonly receivedAt: number;
}

/**
 * Takes a message in: keeps it, opens the window, continues the conversation, opts out or in on a STOP or
 * START word, and ends the enrollments that it answers. What no person wrote is only kept. Of somebody
 * unknown no contact is invented; a STOP counts all the same.
 * @param now epoch ms
 */
export async function applyMessage(
  trx: Kysely<Schema>,
  engine: Engine,
  { inbox, event, receivedAt }: Written,
  now: number,
): Promise<void> {
  const sender = await identify(trx, inbox, event, now);
  const { contact } = sender;
  const isHuman = event.nature === "human";
  // WhatsApp's window belongs to the number: it is open for everybody who is known by it.
  const shares = isHuman && contact !== null && inbox.channel === "whatsapp";
  const sharers = shares ? await findSharers(trx, sender.addresses) : [];
  const contacts = [...new Set([...(contact === null ? [] : [contact]), ...sharers])];
  // Two messages of one person at a time would begin two conversations.
  await lockContacts(trx, contacts);
  // A provider's clock may be ahead of ours, and what came late was written when it says.
  const sentAt = Math.min(event.at ?? receivedAt, receivedAt);
  const conversations: (string | null)[] = [];
  for (const one of contacts) {
    const writer =
      one === contact ? { ...sender, contact } : { ...sender, contact: one, answered: [] };
    conversations.push(
      await continueConversation(trx, engine, writer, event, sentAt, isHuman, now),
    );
  }
  const [conversation = null] = conversations;
  const id = newId(now);
  await saveInboundMessage(
    trx,
    {
      id,
      inbox_id: sender.inbox,
      channel: inbox.channel,
      contact_id: contact,
      conversation_id: conversation,
      address: event.address,
      user_id: event.userId,
      nature: event.nature,
      type: event.type,
      subject: event.subject,
      body: event.text,
      media: event.media,
      keyword: event.keyword,
      provider_id: event.providerId,
      answers: sender.answered[0]?.id ?? null,
    },
    { sent: sentAt, received: receivedAt },
  );
  if (!isHuman) return;
  if (event.keyword === "stop") {
    await stop(trx, engine, inbox.channel, stoppedAddresses(sender), "all", now);
  } else if (event.keyword === "start") {
    await optIn(trx, inbox.channel, stoppedAddresses(sender), "all");
  }
  const reply = { id, channel: inbox.channel, conversation };
  await exitOnReply(trx, engine, sender, reply, now);
}

async function identify(
  trx: Kysely<Schema>,
  inbox: Inbox,
  event: InboundMessage,
  now: number,
): Promise<Sender> {
  const isEmail = inbox.channel === "email";
  const answered = await findAnswered(trx, {
    channel: inbox.channel,
    inbox: inbox.id,
    ids: event.answers,
    providerId: event.answersProviderId,
  });
  const addresses =
    event.address === null ? [] : isEmail ? [event.address] : phoneVariants(event.address);
  const own = answered[0]?.inbox_id ?? inbox.id;
  const contact =
    answered[0]?.contact_id ??
    (await findContactAt(trx, inbox.id, isEmail, addresses)) ??
    (event.userId === null ? null : await findWhatsAppUser(trx, inbox.id, event.userId));
  if (contact !== null && event.userId !== null) {
    await rememberWhatsAppUser(trx, { inbox: inbox.id, userId: event.userId, contact }, now);
  }
  return { contact, addresses, answered, inbox: own };
}

/** Where they wrote from, and where the message that they answer went: an alias may answer for another. */
function stoppedAddresses({ addresses, answered }: Sender): string[] {
  const written = answered.slice(0, 1).flatMap(({ address }) => address?.toLowerCase() ?? []);
  return [...new Set([...addresses, ...written])];
}
