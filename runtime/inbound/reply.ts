import type { Kysely } from "kysely";
import type { Channel } from "../../core/language/document.ts";
import {
  findWriters,
  joinConversation,
  tellReplied,
  type AnswerPlace,
} from "../../store/conversations.ts";
import { exitEnrollments } from "../../store/enrollments-control.ts";
import { lockWaiting } from "../../store/enrollments-waiting.ts";
import type { Schema } from "../../store/schema.ts";
import type { Engine } from "../engine.ts";
import type { Sender } from "./message.ts";

/** An ended enrollment is told of a reply this long after its message. */
const TOLD_FOR_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Ends the enrollments that a reply is for, where `reply` is among their exits, and tells all of them. In a
 * chat that is everything this inbox sent to the person; a mail that answers one of ours is for that
 * conversation alone.
 * @param now epoch ms
 */
export async function exitOnReply(
  trx: Kysely<Schema>,
  engine: Engine,
  sender: Sender,
  reply: { readonly id: string; readonly channel: Channel; readonly conversation: string | null },
  now: number,
): Promise<void> {
  const writers = await findWriters(trx, placeOf(sender, reply), now - TOLD_FOR_MS);
  const { id: message, channel, conversation } = reply;
  await tellReplied(trx, writers, { message, channel, inbox: sender.inbox, conversation }, now);
  if (conversation !== null) {
    // Whoever shares the address has a conversation of their own.
    const own = writers.filter((writer) => writer.contact_id === sender.contact);
    await joinConversation(
      trx,
      conversation,
      own.map((writer) => writer.message_id),
    );
  }
  const leaving: string[] = [];
  for (const live of await lockWaiting(trx, { ids: writers.map(({ id }) => id) })) {
    const program = await engine.program(trx, live.sequence_id, live.version);
    if (program.sequence.exitEvents.includes("reply")) leaving.push(live.id);
  }
  await exitEnrollments(trx, leaving, { by: "event", reason: "reply" }, now);
}

function placeOf(
  { addresses, answered, contact, inbox }: Sender,
  { channel, conversation }: { readonly channel: Channel; readonly conversation: string | null },
): AnswerPlace {
  const isThread = channel === "email" && answered.length > 0;
  const threads = answered.flatMap((one) => one.conversation_id ?? []);
  return {
    conversations: isThread ? threads : conversation === null ? [] : [conversation],
    enrollments: answered.map((one) => one.enrollment_id),
    from: isThread ? null : { inbox, addresses, contact },
  };
}
