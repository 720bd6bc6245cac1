import { sql, type Kysely } from "kysely";
import type { Db } from "./database.ts";
import { newId } from "./ids.ts";
import { jsonText } from "./json.ts";
import { iso } from "./placement.ts";
import type { InboundMessageTable, Schema } from "./schema.ts";

/** An event that was taken in and is not applied yet. */
interface PendingEvent {
  readonly id: string;
  readonly inbox_id: string;
  readonly event: object;
  readonly received_at: Date;
  readonly attempts: number;
}

/**
 * Takes events of an inbox in, each key once. Of two deliveries at the same time one waits for the other.
 * @param now epoch ms, here as below
 * @returns the ids of those that are new
 */
export async function saveInboundEvents(
  db: Kysely<Schema>,
  inbox: string,
  events: readonly { readonly key: string }[],
  now: number,
): Promise<string[]> {
  if (events.length === 0) return [];
  const rows = events.map((event) => ({ id: newId(now), key: event.key, event }));
  const saved = await sql<{ id: string }>`
    insert into inbound_events (id, inbox_id, key, event, received_at, next_at)
    select id, ${inbox}, key, event, ${iso(now)}::timestamptz, ${iso(now)}::timestamptz
    from jsonb_to_recordset(${jsonText(rows)}::jsonb) as r(id uuid, key text, event jsonb)
    order by key
    on conflict (inbox_id, key) do nothing
    returning id
  `.execute(db);
  return saved.rows.map(({ id }) => id).toSorted();
}

/** No inbox has this id. */
const GIT = ":git";

/**
 * Takes a delivery of the source's host in, of which nothing is left to be applied later.
 * @returns whether it is new
 */
export async function saveGitDelivery(
  db: Kysely<Schema>,
  key: string,
  now: number,
): Promise<boolean> {
  const saved = await db
    .insertInto("inbound_events")
    .values({ id: newId(now), inbox_id: GIT, key, received_at: iso(now), outcome: "applied" })
    .onConflict((conflict) => conflict.columns(["inbox_id", "key"]).doNothing())
    .executeTakeFirst();
  return (saved.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Locks an event that is due to be applied; null when it is applied already, or another has it. */
export async function takeInboundEvent(
  trx: Kysely<Schema>,
  id: string,
): Promise<PendingEvent | null> {
  const { rows } = await sql<PendingEvent>`
    select id, inbox_id, event, received_at, attempts from inbound_events
    where id = ${id}::uuid and next_at is not null
    for update skip locked
  `.execute(trx);
  return rows[0] ?? null;
}

/** The ids of events that are due to be applied, in the order in which they came. */
export async function listDueInboundEvents(db: Db, limit: number, now: number): Promise<string[]> {
  const rows = await db
    .selectFrom("inbound_events")
    .select("id")
    .where("next_at", "<=", new Date(now))
    .orderBy("next_at")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Records that an event is applied; what it said is no longer kept here. */
export async function closeInboundEvent(
  trx: Kysely<Schema>,
  id: string,
  outcome: string,
): Promise<void> {
  await trx
    .updateTable("inbound_events")
    .set({ event: null, next_at: null, outcome })
    .where("id", "=", id)
    .execute();
}

/** Puts an event off that cannot be applied yet. */
export async function postponeInboundEvent(
  db: Kysely<Schema>,
  id: string,
  until: number,
): Promise<void> {
  await db
    .updateTable("inbound_events")
    .set((eb) => ({ next_at: iso(until), attempts: eb("attempts", "+", 1) }))
    .where("id", "=", id)
    .where("next_at", "is not", null)
    .execute();
}

/** Forgets the keys of events that came before an instant: no provider delivers again that late. */
export async function forgetInboundEvents(db: Db, before: number): Promise<void> {
  await db
    .deleteFrom("inbound_events")
    .where("next_at", "is", null)
    .where("received_at", "<", new Date(before))
    .execute();
}

/** Keeps a message that came in. */
export async function saveInboundMessage(
  trx: Kysely<Schema>,
  message: Omit<InboundMessageTable, "media" | "sent_at" | "received_at"> & {
    readonly media: readonly object[];
  },
  at: { readonly sent: number; readonly received: number },
): Promise<void> {
  await trx
    .insertInto("inbound_messages")
    .values({
      ...message,
      subject: storable(message.subject),
      body: storable(message.body),
      media: jsonText(message.media),
      sent_at: iso(at.sent),
      received_at: iso(at.received),
    })
    .execute();
}

function storable(text: string | null): string | null {
  return text === null ? null : text.replaceAll("\0", "").toWellFormed();
}
