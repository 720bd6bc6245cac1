import { sql, type Kysely } from "kysely";
import type { TargetType } from "../core/language/document.ts";
import { iso } from "./placement.ts";
import type { Schema } from "./schema.ts";

/** An event as a service reports it. */
export interface ReportedEvent {
  /** The service's own; each counts once. */
  readonly id: string;
  readonly type: string;
  readonly target: { readonly type: TargetType; readonly id: string };
  /** Epoch ms. */
  readonly occurredAt: number;
  /** Of all that it says, to tell a repetition from a mistake. */
  readonly digest: string;
}

/** What became of an event. */
export interface EventOutcome {
  /** The enrollments that it began. */
  readonly enrolled: readonly string[];
  /** How many it ended. */
  readonly exited: number;
}

/**
 * Takes an event in for the rest of the transaction: the same one again waits here, and then finds what
 * became of it.
 * @param now epoch ms
 * @returns null when it is new
 */
export async function takeEvent(
  trx: Kysely<Schema>,
  event: ReportedEvent,
  now: number,
): Promise<{ readonly digest: string; readonly outcome: EventOutcome } | null> {
  const taken = await trx
    .insertInto("events")
    .values({
      id: event.id,
      type: event.type,
      target_type: event.target.type,
      target_id: event.target.id,
      occurred_at: iso(event.occurredAt),
      received_at: iso(now),
      digest: event.digest,
      outcome: JSON.stringify({ enrolled: [], exited: 0 }),
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning("id")
    .executeTakeFirst();
  if (taken !== undefined) return null;
  return trx
    .selectFrom("events")
    .select(["digest", "outcome"])
    .where("id", "=", event.id)
    .executeTakeFirstOrThrow();
}

/** Takes an event back that was refused. */
export async function forgetEvent(trx: Kysely<Schema>, id: string): Promise<void> {
  await trx.deleteFrom("events").where("id", "=", id).execute();
}

/** Keeps what became of an event, for whoever sends it again. */
export async function answerEvent(
  trx: Kysely<Schema>,
  id: string,
  outcome: EventOutcome,
): Promise<void> {
  await sql`update events set outcome = ${JSON.stringify(outcome)}::jsonb where id = ${id}`.execute(
    trx,
  );
}
