import { sql, type Kysely } from "kysely";
import type { Channel } from "../core/language/document.ts";
import { reasonOf } from "./message-reason.ts";
import type { EnrollmentState, MessageState, Schema } from "./schema.ts";

/** How many enrollments are in each state that any is in. */
export async function countEnrollments(
  db: Kysely<Schema>,
): Promise<{ readonly [state in EnrollmentState]?: number }> {
  const rows = await db
    .selectFrom("enrollments")
    .select((eb) => ["state", eb.fn.countAll<string>().as("count")])
    .groupBy("state")
    .orderBy("state")
    .execute();
  return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
}

/** How many live enrollments each sequence has; sequences without any are missing. */
export async function countLiveBySequence(
  db: Kysely<Schema>,
): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom("enrollments")
    .select((eb) => ["sequence_id", eb.fn.countAll<string>().as("count")])
    .where("state", "in", ["active", "paused", "held"])
    .groupBy("sequence_id")
    .execute();
  return new Map(rows.map(({ sequence_id, count }) => [sequence_id, Number(count)]));
}

interface RecentMessage {
  readonly id: string;
  readonly enrollment_id: string;
  readonly sequence: string;
  readonly version: number;
  readonly step: string;
  readonly state: MessageState;
  readonly channel: Channel | null;
  readonly inbox: string | null;
  readonly address: string | null;
  readonly subject: string | null;
  readonly preview: string | null;
  readonly reason: string | null;
  readonly error: string | null;
  readonly at: Date;
}

/** Messages, the latest first, with the beginning of their text, strictly after the id `page.after`. */
export async function listRecentMessages(
  db: Kysely<Schema>,
  page: { readonly after: string | null; readonly limit: number },
  filter: { readonly state?: MessageState; readonly inbox?: string } = {},
): Promise<RecentMessage[]> {
  const found = await sql<RecentMessage>`
    select m.id, m.enrollment_id, e.sequence_id as sequence, e.version, m.step_id as step, m.state,
      m.channel, m.inbox_id as inbox, m.address, m.subject, left(m.body, 600) as preview,
      ${reasonOf("m")} as reason,
      m.error, coalesce(m.sent_at, m.created_at) as at
    from messages m join enrollments e on e.id = m.enrollment_id
    where m.state <> 'skipped' and (${page.after}::uuid is null or m.id < ${page.after}::uuid)
      and (${filter.state ?? null}::text is null or m.state = ${filter.state ?? null})
      and (${filter.inbox ?? null}::text is null or m.inbox_id = ${filter.inbox ?? null})
    order by m.id desc
    limit ${page.limit}
  `.execute(db);
  return found.rows;
}
