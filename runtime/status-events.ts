import type { Kysely } from "kysely";
import { statusEvents } from "../core/enrollment/index.ts";
import type { EntityData } from "../core/facts.ts";
import { exitEnrollments } from "../store/enrollments-control.ts";
import { lockInConversation, lockWaiting } from "../store/enrollments-waiting.ts";
import type { Schema } from "../store/schema.ts";
import type { TargetRef } from "../store/targets.ts";
import type { Engine } from "./engine.ts";

/** A record before and after it was merged; `before` is null when it is new. */
export interface StatusChange {
  readonly target: TargetRef;
  readonly before: EntityData | null;
  readonly after: EntityData;
}

/**
 * Raises `<entity>.<status>` for each record whose status changed, and ends the live enrollments about it
 * that name this event among their exits. A resolved conversation is `conversation_resolved` too, and
 * also ends those that wrote in it.
 * @param now epoch ms
 */
export async function exitOnStatus(
  trx: Kysely<Schema>,
  engine: Engine,
  changes: readonly StatusChange[],
  now: number,
): Promise<void> {
  for (const { target, before, after } of changes) {
    const old = before === null ? null : before["status"];
    const events = statusEvents(target.type, old, after["status"]);
    if (events.length === 0) continue;
    const live = events.includes("conversation_resolved")
      ? await lockInConversation(trx, target.id)
      : await lockWaiting(trx, { targets: [target] });
    for (const reason of events) {
      const leaving: string[] = [];
      for (const enrollment of live) {
        const program = await engine.program(trx, enrollment.sequence_id, enrollment.version);
        if (program.sequence.exitEvents.includes(reason)) leaving.push(enrollment.id);
      }
      await exitEnrollments(trx, leaving, { by: "event", reason }, now);
    }
  }
}
