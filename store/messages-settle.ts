import type { Kysely } from "kysely";
import { iso } from "./placement.ts";
import type { MessageState, Schema } from "./schema.ts";

interface UnsettledMessage {
  readonly id: string;
  readonly enrollment_id: string;
  readonly step_id: string;
  readonly attempt: number;
  readonly state: MessageState;
  /** When its send began, as far as is known. */
  readonly updated_at: Date;
}

/** Locks a message to be settled; null when there is none. Must run in a transaction. */
export async function lockMessage(
  trx: Kysely<Schema>,
  id: string,
): Promise<UnsettledMessage | null> {
  const row = await trx
    .selectFrom("messages")
    .select(["id", "enrollment_id", "step_id", "attempt", "state", "updated_at"])
    .where("id", "=", id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row ?? null;
}

/** The messages of an enrollment whose fate is unknown. */
export async function listUnknown(db: Kysely<Schema>, enrollmentId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("messages")
    .select("id")
    .where("enrollment_id", "=", enrollmentId)
    .where("state", "=", "unknown")
    .execute();
  return rows.map((row) => row.id);
}

/**
 * Settles a message whose fate is unknown.
 * @param sentAt epoch ms, when it was sent if it was
 * @param now epoch ms
 */
export async function settleUnknown(
  trx: Kysely<Schema>,
  id: string,
  as: "sent" | "not_sent",
  sentAt: number,
  now: number,
): Promise<void> {
  const outcome =
    as === "sent"
      ? { state: "sent" as const, sent_at: iso(sentAt), error_code: null, error: null }
      : { state: "failed" as const, error_code: "not_sent", error: "settled as not sent" };
  await trx
    .updateTable("messages")
    .set({ ...outcome, updated_at: iso(now) })
    .where("id", "=", id)
    .where("state", "=", "unknown")
    .execute();
}

/** Tells the history of an enrollment that has ended what became of its last message. */
export async function tellSettled(
  trx: Kysely<Schema>,
  message: UnsettledMessage,
  data: { readonly [key: string]: unknown },
  now: number,
): Promise<void> {
  await trx
    .insertInto("history")
    .values({
      enrollment_id: message.enrollment_id,
      at: iso(now),
      type: "settled",
      step_id: message.step_id,
      data: JSON.stringify(data),
    })
    .execute();
}

/** A message's place and state; null when there is none. */
export async function readMessageSummary(db: Kysely<Schema>, id: string) {
  const row = await db
    .selectFrom("messages")
    .select(["id", "enrollment_id", "step_id as step", "attempt", "state"])
    .where("id", "=", id)
    .executeTakeFirst();
  return row ?? null;
}
