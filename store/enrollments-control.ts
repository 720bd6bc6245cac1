import { sql, type Kysely } from "kysely";
import { iso } from "./placement.ts";
import type { EnrollmentState, Schema } from "./schema.ts";
import { supersededBy } from "./superseded.ts";

/** Who changed an enrollment and why, for its history. */
interface Cause {
  readonly by: string;
  readonly reason?: string;
}

/**
 * Pauses what is active. A send already under way finishes, and its result is kept.
 * @returns the ids that were paused
 */
export function pauseEnrollments(
  db: Kysely<Schema>,
  ids: readonly string[],
  cause: Cause,
  now: number,
): Promise<ReadonlySet<string>> {
  return change(db, ids, ["active"], sql`state = 'paused'`, "paused", cause, now);
}

/**
 * Resumes what is paused: what is overdue is due now, if it has not expired; what was held under the
 * pause is held. A send that was under way when the pause came keeps its chunk and goes on.
 * @returns the ids that were resumed
 */
export function resumeEnrollments(
  db: Kysely<Schema>,
  ids: readonly string[],
  cause: Cause,
  now: number,
): Promise<ReadonlySet<string>> {
  const set = sql`state = case when next_due_at is null then 'held' else 'active' end`;
  return change(db, ids, ["paused"], set, "resumed", cause, now);
}

/**
 * Ends live enrollments before their last step. The chunk that has one in hand loses it, so nothing
 * more is sent; the result of a send already begun is still recorded, and one that was put off is
 * dropped.
 * @returns the ids that were ended
 */
export function exitEnrollments(
  db: Kysely<Schema>,
  ids: readonly string[],
  cause: Cause & { readonly reason: string },
  now: number,
): Promise<ReadonlySet<string>> {
  const set = sql`state = 'exited', reason = ${cause.reason}, ended_at = ${iso(now)}::timestamptz,
    next_due_at = null, expires_at = null, chunk_id = null, parked_by = null`;
  return change(db, ids, ["active", "paused", "held"], set, "exited", cause, now);
}

/**
 * Ends live enrollments whose last send turned out to have failed for good, where the step says
 * `then: exit`. As with an exit, nothing more is sent.
 * @returns the ids that were ended
 */
export function failEnrollments(
  db: Kysely<Schema>,
  ids: readonly string[],
  cause: Cause & { readonly reason: string },
  now: number,
): Promise<ReadonlySet<string>> {
  const set = sql`state = 'failed', reason = ${cause.reason}, ended_at = ${iso(now)}::timestamptz,
    next_due_at = null, expires_at = null, chunk_id = null, parked_by = null`;
  return change(db, ids, ["active", "paused", "held"], set, "failed", cause, now);
}

/**
 * Opens an enrollment again that failed, held at the step that it failed at: its next attempt is one that no
 * message has been, by the step's own channel.
 * @returns false when it has not failed, or when another one of the same target is live by now
 * @throws Superseded when another one of the same target began at this very moment
 */
export async function reopenFailed(trx: Kysely<Schema>, id: string, now: number): Promise<boolean> {
  const opened = await sql<{ id: string }>`
    update enrollments e set state = 'held', ended_at = null, failed_channels = '{}',
      attempt = 1 + coalesce((select max(m.attempt) from messages m
        where m.enrollment_id = e.id and m.step_id = e.step_id), 0),
      updated_at = ${iso(now)}::timestamptz
    where e.id = ${id}::uuid and e.state = 'failed' and e.step_id is not null
      and not exists (select from enrollments o where o.sequence_id = e.sequence_id
        and o.live_key = e.live_key and o.state in ('active', 'paused', 'held'))
    returning e.id
  `
    .execute(trx)
    .catch(supersededBy("enrollments_live"));
  return opened.rows.length > 0;
}

async function change(
  db: Kysely<Schema>,
  ids: readonly string[],
  from: readonly EnrollmentState[],
  set: ReturnType<typeof sql>,
  type: string,
  cause: Cause,
  now: number,
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const changed = await sql<{ id: string }>`
    with changed as (
      update enrollments set ${set}, updated_at = ${iso(now)}::timestamptz
      where id = any(${[...ids]}::uuid[]) and state = any(${[...from]}::text[])
      returning id, step_id, state
    ), told as (
      insert into history (enrollment_id, at, type, step_id, data)
      select id, ${iso(now)}::timestamptz, ${type}, step_id, ${JSON.stringify(cause)}::jsonb from changed
    ), dropped as (
      update messages m
      set state = 'skipped', reason = 'exited', updated_at = ${iso(now)}::timestamptz
      from changed
      where m.enrollment_id = changed.id and m.state in ('pending', 'awaiting_approval')
        and changed.state in ('exited', 'failed')
    )
    select id from changed
  `.execute(db);
  return new Set(changed.rows.map((row) => row.id));
}
