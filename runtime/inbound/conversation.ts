import type { Kysely } from "kysely";
import type { EntityData } from "../../core/facts.ts";
import { findConversation, joinConversation } from "../../store/conversations.ts";
import { newId } from "../../store/ids.ts";
import { iso } from "../../store/placement.ts";
import type { Schema } from "../../store/schema.ts";
import type { Engine } from "../engine.ts";
import { mergeEntity } from "../merge-entity.ts";
import type { InboundMessage } from "./events.ts";
import type { Sender } from "./message.ts";

/**
 * Finds the conversation that a message belongs to. What a person wrote opens it again, or begins one, and
 * counts for WhatsApp's window; anything else changes nothing. A new mail that answers none of ours
 * continues an open conversation, and otherwise begins one: a thread that is over is not warmed up.
 * @param sentAt when it was written, epoch ms
 * @param now epoch ms
 * @returns its id; null when there is none
 */
export async function continueConversation(
  trx: Kysely<Schema>,
  engine: Engine,
  sender: Sender & { readonly contact: string },
  event: InboundMessage,
  sentAt: number,
  isHuman: boolean,
  now: number,
): Promise<string | null> {
  const [answered] = sender.answered;
  const named = answered?.conversation_id ?? null;
  const known = await findConversation(trx, {
    contact: sender.contact,
    inbox: sender.inbox,
    id: named,
  });
  const isOver = known !== null && known.data["status"] === "resolved";
  const isElsewhere = event.type === "email" && isOver && known.id !== named;
  const found = isElsewhere ? null : known;
  if (!isHuman) return found?.id ?? null;

  const id = found?.id ?? `conv_${newId(now)}`;
  const data = {
    ...(found === null
      ? { inbox: sender.inbox, ...(event.subject === null ? {} : { subject: event.subject }) }
      : {}),
    ...(found?.data["status"] === "open" ? {} : { status: "open" }),
    last_inbound_at: iso(Math.max(sentAt, lastInbound(found?.data))),
  };
  const change = { type: "conversation", id, contactId: sender.contact, data } as const;
  const merged = await mergeEntity(trx, engine, change, now);
  if ("refused" in merged) return null;
  if (answered !== undefined) await joinConversation(trx, id, [answered.id]);
  return id;
}

function lastInbound(data: EntityData | undefined): number {
  const at = data?.["last_inbound_at"];
  const known = typeof at === "string" ? Date.parse(at) : Number.NaN;
  return Number.isNaN(known) ? 0 : known;
}
