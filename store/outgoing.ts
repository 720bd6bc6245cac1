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
/** The highest number of what is yet to be told. */
const LAST = sql`greatest((select max(id) from history), (select max(id) from outgoing_sent), 0)`;

/**
 * Takes what has happened since the last call; nothing that is committed is ever passed over. Numbers are not
 * committed in their order: up to a horizon, all transactions are waited for that may have drawn one. The
 * first call begins with what happens from then on. Must share the transaction that keeps what is made of it.
 * @param now epoch ms, here as below
 * @returns facts in order, but for what happened at the same time, and whether there may be more at once
 */
export async function takeFacts(
  trx: Kysely<Schema>,
  now: number,
): Promise<{ readonly facts: readonly HistoryFact[]; readonly more: boolean }> {
  const NOTHING = { facts: [], more: false };
  await sql`
    insert into outgoing_cursor (taken, horizon, seen_at)
    select ${LAST}, ${LAST}, ${iso(now)}::timestamptz
    where not exists (select from outgoing_cursor)
    on conflict do nothing
  `.execute(trx);
  const locked = await sql<Cursor>`
    select taken, horizon, seen_at, fence_of, exists (
      select from outgoing_sent where id <= horizon) as "hasSent"
    from outgoing_cursor for update skip locked
  `.execute(trx);
  const [cursor] = locked.rows;
  if (cursor === undefined || now - cursor.seen_at.getTime() < DRAWN_MS) return NOTHING;
  if (cursor.taken === cursor.horizon && !cursor.hasSent) {
    await sql`
      update outgoing_cursor set horizon = greatest(taken, ${LAST}), seen_at = ${iso(now)}::timestamptz
    `.execute(trx);
    return NOTHING;
  }
  if (!(await isComplete(trx, cursor))) return NOTHING;
  const { page, isLast } = await readPage(trx, cursor);
  const taken = isLast ? cursor.horizon : (page.at(-1)?.id ?? cursor.taken);
  await sql`update outgoing_cursor set taken = greatest(taken, ${taken})`.execute(trx);
  const sent = page.flatMap(({ id, messages }) => (messages === null ? [] : [id]));
  await sql`delete from outgoing_sent where id = any(${sent}::bigint[])`.execute(trx);
  return { facts: await readFacts(trx, page), more: page.length > 0 && !isLast };
}

interface Cursor {
  readonly taken: string;
  readonly horizon: string;
  readonly seen_at: Date;
  /** The horizon that there is a fence for. */
  readonly fence_of: string | null;
  readonly hasSent: boolean;
}

/**
 * Whether nothing up to the horizon is still on its way. Whoever drew such a number has a transaction by now:
 * all that there are at this moment have to end first.
 */
async function isComplete(trx: Kysely<Schema>, { horizon, fence_of }: Cursor): Promise<boolean> {
  if (fence_of !== horizon) {
    await sql`
      update outgoing_cursor set fence_of = horizon,
        fence = pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    `.execute(trx);
  }
  const { rows } = await sql<{ complete: boolean }>`
    select not exists (
      select from pg_snapshot_xip(pg_current_snapshot()) as running
      where running::text::bigint < outgoing_cursor.fence) as complete
    from outgoing_cursor
  `.execute(trx);
  return rows[0]?.complete === true;
}

/** A line of the history, or messages that were sent together. */
interface Numbered {
  readonly id: string;
  readonly messages: readonly string[] | null;
  /** How many facts there are up to it, itself left out. */
  readonly before: number;
}

/**
 * What comes next, and whether it is all up to the horizon. Messages that were sent together are forgotten once
 * they are taken: any that are there are yet to be told, even where a process of an earlier release, which knows
 * nothing of them, has taken what came after.
 */
async function readPage(
  trx: Kysely<Schema>,
  { taken, horizon }: Cursor,
): Promise<{ readonly page: readonly Numbered[]; readonly isLast: boolean }> {
  const next = sql`id <= ${horizon} order by id limit ${TAKEN_AT_ONCE}`;
  const { rows } = await sql<Numbered>`
    select id, messages, (sum(coalesce(cardinality(messages), 1)) over (order by id
      rows between unbounded preceding and 1 preceding))::integer as before
    from (
      (select id, null::uuid[] as messages from history where id > ${taken} and ${next})
      union all
      (select id, messages from outgoing_sent where ${next})
    ) numbered
    order by id limit ${TAKEN_AT_ONCE}
  `.execute(trx);
  const end = rows.findIndex(({ before }) => before >= TAKEN_AT_ONCE);
  const isLast = end < 0 && rows.length < TAKEN_AT_ONCE;
  return { page: end < 0 ? rows : rows.slice(0, end), isLast };
}

async function readFacts(
  trx: Kysely<Schema>,
  page: readonly Numbered[],
): Promise<readonly HistoryFact[]> {
  const lines = page.flatMap(({ id, messages }) => (messages === null ? [id] : []));
  const sent = page.flatMap(({ messages }) => messages ?? []);
  const { rows } = await sql<HistoryFact>`
    select h.id, h.at, h.type, h.step_id as step, h.data, h.enrollment_id, e.sequence_id as sequence,
      e.version, e.target_type, e.target_id, e.contact_id
    from (
      select * from history_lines where message_id is null and id = any(${lines}::bigint[])
      union all
      select * from history_lines where message_id = any(${sent}::uuid[])
    ) h join enrollments e on e.id = h.enrollment_id
    order by h.id
  `.execute(trx);
  return rows;
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

/**
 * Gives telling up where nobody has asked for anything since an instant: what was kept for them would grow for
 * ever. @param before epoch ms
 */
export async function forgetUnasked(db: Kysely<Schema>, before: number): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom("outgoing_cursor")
    .where("seen_at", "<", new Date(before))
    .executeTakeFirst();
  if (numDeletedRows > 0n) await db.deleteFrom("outgoing_sent").execute();
}

/** Forgets events that were given up before an instant. @param before epoch ms */
export async function forgetFailedOutgoing(db: Kysely<Schema>, before: number): Promise<void> {
  await db.deleteFrom("outgoing_events").where("failed_at", "<", new Date(before)).execute();
}
