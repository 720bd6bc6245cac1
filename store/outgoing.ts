import { sql, type Kysely } from "kysely";
import type { TargetType } from "../core/language/document.ts";
import { iso } from "./placement.ts";
import type { Schema } from "./schema.ts";

/** An event of an enrollment's history, with what it is about. */
export interface HistoryFact {
  /** The history's own number. */
  readonly id: string;
  readonly at: Date;
  readonly type: string;
  readonly step: string | null;
  readonly data: { readonly [key: string]: unknown };
  readonly enrollment_id: string;
  readonly sequence: string;
  readonly version: number;
  readonly target_type: TargetType;
  readonly target_id: string;
  readonly contact_id: string;
}

/** An event on its way out. */
export interface OutgoingEvent {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  /** How often it has been tried, this time included. */
  readonly attempts: number;
}

const TAKEN_AT_ONCE = 500;
/** A number of the history is drawn a moment before its transaction is one that a snapshot knows of. */
const DRAWN_MS = 1_000;

/**
 * Takes what has happened since the last call, in order; nothing that is committed is ever passed over.
 * Numbers are not committed in their order: what a transaction still under way may have drawn is waited
 * for. The first call begins with what happens from then on. Must share the transaction that keeps what
 * is made of it.
 * @param now epoch ms, here as below
 * @returns facts, and whether there may be more at once
 */
export async function takeFacts(
  trx: Kysely<Schema>,
  now: number,
): Promise<{ readonly facts: readonly HistoryFact[]; readonly more: boolean }> {
  const NOTHING = { facts: [], more: false };
  const last = sql`coalesce((select max(id) from history), 0)`;
  await sql`
    insert into outgoing_cursor (taken, horizon, seen_at)
    select ${last}, ${last}, ${iso(now)}::timestamptz
    where not exists (select from outgoing_cursor)
    on conflict do nothing
  `.execute(trx);
  const locked = await sql<{ taken: string; horizon: string; seen_at: Date }>`
    select taken, horizon, seen_at from outgoing_cursor for update skip locked
  `.execute(trx);
  const [cursor] = locked.rows;
  if (cursor === undefined) return NOTHING;
  if (cursor.taken === cursor.horizon) {
    if (now - cursor.seen_at.getTime() >= DRAWN_MS) {
      await sql`update outgoing_cursor set horizon = ${last}, seen_at = ${iso(now)}::timestamptz`.execute(
        trx,
      );
    }
    return NOTHING;
  }
  if (now - cursor.seen_at.getTime() < DRAWN_MS) return NOTHING;
  const found = await sql<HistoryFact & { settled: boolean }>`
    select h.id, h.at, h.type, h.step_id as step, h.data, h.enrollment_id, e.sequence_id as sequence,
      e.version, e.target_type, e.target_id, e.contact_id,
      ((pg_snapshot_xmin(pg_current_snapshot())::text::bigint - h.xmin::text::bigint) & 4294967295)
        between 1 and 2147483647 as settled
    from history h join enrollments e on e.id = h.enrollment_id
    where h.id > ${cursor.taken} and h.id <= ${cursor.horizon}
    order by h.id limit ${TAKEN_AT_ONCE}
  `.execute(trx);
  const unsettled = found.rows.findIndex((fact) => !fact.settled);
  const facts = unsettled < 0 ? found.rows : found.rows.slice(0, unsettled);
  const all = unsettled < 0 && found.rows.length < TAKEN_AT_ONCE;
  const taken = all ? cursor.horizon : (facts.at(-1)?.id ?? cursor.taken);
  await sql`update outgoing_cursor set taken = ${taken}`.execute(trx);
  return { facts, more: facts.length === TAKEN_AT_ONCE };
}

/** Keeps events to be delivered. */
export async function keepOutgoing(
  trx: Kysely<Schema>,
  events: readonly { readonly id: string; readonly type: string; readonly body: string }[],
  now: number,
): Promise<void> {
  if (events.length === 0) return;
  const at = iso(now);
  const rows = events.map((event) => ({ ...event, created_at: at, next_at: at }));
  await trx.insertInto("outgoing_events").values(rows).execute();
}

/** Takes events whose turn it is; each is this caller's until the lease ends. */
export async function claimOutgoing(
  db: Kysely<Schema>,
  limit: number,
  leaseMs: number,
  now: number,
): Promise<OutgoingEvent[]> {
  const claimed = await sql<OutgoingEvent>`
    with due as (
      select id from outgoing_events where next_at <= ${iso(now)}::timestamptz
      order by next_at, id limit ${limit} for update skip locked
    )
    update outgoing_events o set next_at = ${iso(now + leaseMs)}::timestamptz, attempts = attempts + 1
    from due where o.id = due.id
    returning o.id, o.type, o.body, o.attempts
  `.execute(db);
  return claimed.rows.toSorted((a, b) => Number(a.id) - Number(b.id));
}

/** The events that were taken at their door are forgotten. */
export async function forgetOutgoing(db: Kysely<Schema>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .deleteFrom("outgoing_events")
    .where("id", "in", [...ids])
    .execute();
}

/** An event that was not taken. @param next epoch ms; null: it is given up, and kept to be seen */
export async function postponeOutgoing(
  db: Kysely<Schema>,
  id: string,
  error: string,
  next: number | null,
  now: number,
): Promise<void> {
  await db
    .updateTable("outgoing_events")
    .set({
      error,
      next_at: next === null ? null : iso(next),
      failed_at: next === null ? iso(now) : null,
    })
    .where("id", "=", id)
    .execute();
}

/** Forgets events that were given up before an instant. @param before epoch ms */
export async function forgetFailedOutgoing(db: Kysely<Schema>, before: number): Promise<void> {
  await db.deleteFrom("outgoing_events").where("failed_at", "<", new Date(before)).execute();
}
