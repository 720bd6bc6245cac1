import type { Kysely } from "kysely";
import { exitEnrollments } from "../../store/enrollments-control.ts";
import {
  lockInConversation,
  lockWaiting,
  type WaitingEnrollment,
} from "../../store/enrollments-waiting.ts";
import type { Schema } from "../../store/schema.ts";
import type { Engine } from "../engine.ts";
import type { Occurrence } from "./occurrence.ts";

/**
 * Ends the live enrollments that name an event among their exits: those about its target; all of a
 * contact's where the contact is the target; and where a conversation is resolved, also those that wrote
 * in it.
 * @param now epoch ms
 * @returns how many ended
 */
export async function exitOnEvents(
  trx: Kysely<Schema>,
  engine: Engine,
  occurrences: readonly Occurrence[],
  now: number,
): Promise<number> {
  let ended = 0;
  for (const { type, target } of occurrences) {
    const leaving: string[] = [];
    for (const live of await concerned(trx, { type, target })) {
      const program = await engine.program(trx, live.sequence_id, live.version);
      if (program.sequence.exitEvents.includes(type)) leaving.push(live.id);
    }
    ended += (await exitEnrollments(trx, leaving, { by: "event", reason: type }, now)).size;
  }
  return ended;
}

function concerned(
  trx: Kysely<Schema>,
  { type, target }: Occurrence,
): Promise<WaitingEnrollment[]> {
  if (target.type === "contact") return lockWaiting(trx, { contacts: [target.id] });
  if (type === "conversation_resolved") return lockInConversation(trx, target.id);
  return lockWaiting(trx, { targets: [{ type: target.type, id: target.id }] });
}
