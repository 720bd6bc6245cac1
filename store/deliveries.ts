import { sql, type Kysely } from "kysely";
import type { Channel } from "../core/language/document.ts";
import { iso } from "./placement.ts";
import type { MessageState, Schema } from "./schema.ts";

/** A message of ours that a provider reports on. */
export interface ReportedMessage {
  readonly id: string;
  readonly enrollment_id: string;
  readonly contact_id: string;
  readonly step_id: string;
  readonly attempt: number;
  readonly state: MessageState;
  readonly channel: Channel | null;
  readonly inbox_id: string | null;
  readonly address: string | null;
  /** It went as an approved template. */
  readonly is_template: boolean;
  readonly due_at: Date;
}

/** Locks a message by its id, or by the provider's in one inbox; null when it is not known (yet). */
export async function lockReported(
  trx: Kysely<Schema>,
  by: { readonly inbox: string; readonly id: string | null; readonly providerId: string | null },
): Promise<ReportedMessage | null> {
  const found = await sql<ReportedMessage>`
    with named as materialized (
      select id, created_at from messages where id = ${by.id}::uuid
      union
      select id, created_at from messages
      where report_id = ${by.providerId} and inbox_id = ${by.inbox}
    )
    select m.id, m.enrollment_id, e.contact_id, m.step_id, m.attempt, m.state, m.channel, m.inbox_id,
      m.address, m.template is not null as is_template, m.due_at
    from messages m join enrollments e on e.id = m.enrollment_id
    where m.id = (select id from named order by created_at desc limit 1)
    for no key update of m
  `.execute(trx);
  return found.rows[0] ?? null;
}

/** What a report says of a message. */
interface Progress {
  readonly state: "sent" | "delivered" | "read" | "failed";
  readonly providerId: string | null;
  /** Epoch ms. */
  readonly at: number;
  readonly code: string | null;
  readonly error: string | null;
}

/** Reports come in any order: a message only goes forward. What arrived has not failed, whatever else is said. */
const RANKS: { readonly [state in MessageState]?: number } = {
  sent: 1,
  failed: 2,
  delivered: 3,
  read: 4,
};

/**
 * Moves a locked message forward to what a report says, and tells its enrollment's history.
 * @param now epoch ms
 * @returns whether it moved; a late report of an earlier state only completes the dates
 */
export async function advanceMessage(
  trx: Kysely<Schema>,
  message: Pick<
    ReportedMessage,
    "id" | "enrollment_id" | "step_id" | "channel" | "inbox_id" | "state"
  >,
  progress: Progress,
  now: number,
): Promise<boolean> {
  const from = RANKS[message.state];
  const moves = from !== undefined && RANKS[progress.state]! > from;
  const at = iso(progress.at);
  const { state, providerId } = progress;
  await trx
    .updateTable("messages")
    .set((eb) => ({
      ...(moves ? { state, error_code: progress.code, error: progress.error } : {}),
      ...(state === "delivered"
        ? { delivered_at: eb.fn.coalesce("delivered_at", eb.val(at)) }
        : {}),
      ...(state === "read" ? { read_at: eb.fn.coalesce("read_at", eb.val(at)) } : {}),
      provider_id: eb.fn.coalesce("provider_id", eb.val(providerId)),
      updated_at: iso(now),
    }))
    .where("id", "=", message.id)
    .execute();
  // That it was sent is told by whoever sent it.
  if (!moves || state === "sent") return moves;
  const { code, error } = progress;
  const told = { message: message.id, channel: message.channel, inbox: message.inbox_id };
  await trx
    .insertInto("history")
    .values({
      enrollment_id: message.enrollment_id,
      at,
      type: state === "failed" ? "delivery_failed" : state,
      step_id: message.step_id,
      data: JSON.stringify(state === "failed" ? { ...told, code, error } : told),
    })
    .execute();
  return true;
}

/** An attempt at a step, as far as it says what may follow. */
export interface Attempt {
  readonly id: string;
  readonly step_id: string;
  readonly attempt: number;
  readonly state: MessageState;
  readonly channel: Channel | null;
}

/** All attempts of an enrollment, in the order in which they were made. */
export function listAttempts(db: Kysely<Schema>, enrollment: string): Promise<Attempt[]> {
  return db
    .selectFrom("messages")
    .select(["id", "step_id", "attempt", "state", "channel"])
    .where("enrollment_id", "=", enrollment)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
}
