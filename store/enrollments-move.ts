import { sql, type Kysely } from "kysely";
import type { Schedule } from "../core/enrollment/types.ts";
import { newId } from "./ids.ts";
import { instantText } from "./json.ts";
import { iso, placementOf, placementText } from "./placement.ts";
import type { Schema } from "./schema.ts";

/** A live enrollment that no chunk has in hand, and where it goes. */
export interface Move {
  readonly id: string;
  /** The step it must still wait for; otherwise it has moved on and is left alone. */
  readonly fromStep: string;
  readonly schedule: Schedule;
  /** The version that carries it from now on; the one that it has, if absent. */
  readonly version?: number;
  /** Told in the history besides the event's type. */
  readonly data?: { readonly [key: string]: unknown };
}

/**
 * Why a waiting enrollment moves:
 * - `rescheduled`: a date or the policy changed
 * - `released`: what held it is mended
 * - `skipped`: an operator passes the step over
 * - `settled`: an unknown send was settled
 * - `fell_back`: its last send turned out to have failed, and is tried again or by another channel
 * - `migrated`: another version carries it; its messages so far keep theirs
 */
export type MoveEvent =
  | "rescheduled"
  | "released"
  | "skipped"
  | "settled"
  | "fell_back"
  | "migrated";

/**
 * Moves waiting enrollments to a new place in one statement, with history and skipped steps. A paused
 * one stays paused at its new place, or over its hold. What a chunk has in hand is left alone.
 * @returns the ids that moved
 */
export async function moveEnrollments(
  db: Kysely<Schema>,
  moves: readonly Move[],
  event: MoveEvent,
  now: number,
): Promise<ReadonlySet<string>> {
  if (moves.length === 0) return new Set();
  const rows = moves.map((move) => ({
    ...placementText(placementOf(move.schedule, now)),
    id: move.id,
    from_step: move.fromStep,
    version: move.version ?? null,
    data: move.data ?? {},
    skipped: move.schedule.skipped.map((skipped) => ({ ...skipped, id: newId(now) })),
  }));
  const moved = await sql<{ id: string }>`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(
        id uuid, from_step text, state text, reason text, step_id text, base_at timestamptz,
        next_due_at timestamptz, expires_at timestamptz, attempt integer, failed_channels jsonb,
        ended_at timestamptz, version integer, data jsonb, skipped jsonb)
    ), moved as (
      update enrollments e set
        state = case when e.state = 'paused' and given.state in ('active', 'held') then 'paused'
          else given.state end,
        reason = given.reason, step_id = given.step_id, base_at = given.base_at,
        next_due_at = given.next_due_at, expires_at = given.expires_at, attempt = given.attempt,
        failed_channels = array(select jsonb_array_elements_text(given.failed_channels)),
        ended_at = given.ended_at, version = coalesce(given.version, e.version), updated_at = ${iso(now)}::timestamptz
      from given
      where e.id = given.id and e.chunk_id is null and e.step_id = given.from_step
        and e.state in ('active', 'paused', 'held')
      returning e.id, e.state
    ), dropped as (
      update messages m
      set state = 'skipped', reason = ${event}, updated_at = ${iso(now)}::timestamptz,
        version = case when given.version is null then m.version else (given.data ->> 'from')::integer end
      from moved join given using (id)
      where m.enrollment_id = moved.id and m.step_id = given.from_step
        and m.state in ('pending', 'awaiting_approval')
        and given.step_id is distinct from given.from_step
    ), passed as (
      insert into messages (id, enrollment_id, step_id, attempt, state, reason, due_at, created_at, updated_at)
      select (s ->> 'id')::uuid, given.id, s ->> 'step',
        case when s ->> 'step' = given.from_step then
          1 + coalesce((select max(m.attempt) from messages m
            where m.enrollment_id = given.id and m.step_id = given.from_step), 0) else 1 end,
        'skipped', s ->> 'reason', ${iso(now)}::timestamptz, ${iso(now)}::timestamptz, ${iso(now)}::timestamptz
      from moved join given using (id), jsonb_array_elements(given.skipped) s
    ), told as (
      insert into history (enrollment_id, at, type, step_id, data)
      select enrollment_id, ${iso(now)}::timestamptz, type, step_id, data from (
        select given.id as enrollment_id, 0 as rank, ${event}::text as type, given.from_step as step_id,
          given.data || jsonb_strip_nulls(jsonb_build_object('due_at', ${instantText("given.next_due_at")})) as data
        from moved join given using (id)
        union all
        select given.id, 1, 'skipped', s ->> 'step', jsonb_build_object('reason', s ->> 'reason')
        from moved join given using (id), jsonb_array_elements(given.skipped) s
        union all
        select given.id, 2, given.state, given.step_id,
          jsonb_strip_nulls(jsonb_build_object('reason', given.reason))
        from moved join given using (id) where given.state <> 'active'
      ) events order by enrollment_id, rank
    ) ${event === "migrated" ? leaveVersion() : sql``}
    select id from moved
  `.execute(db);
  return new Set(moved.rows.map((row) => row.id));
}

/**
 * What was written by the version that they leave stays traceable to it, and a text that nobody has
 * decided on is written anew.
 */
function leaveVersion() {
  return sql`, kept as (
    update messages m set version = (given.data ->> 'from')::integer
    from moved join given using (id)
    where m.enrollment_id = moved.id and m.version is null
      and m.state not in ('pending', 'awaiting_approval')
  ), undrafted as (
    delete from drafts d using moved join given using (id)
    where d.enrollment_id = moved.id and d.step_id = given.from_step
  ), withdrawn as (
    delete from messages m using moved join given using (id)
    where m.enrollment_id = moved.id and m.step_id = given.from_step and given.step_id = given.from_step
      and m.state = 'awaiting_approval'
  )`;
}

/**
 * Marks enrollments that a chunk has in hand: their data changed after it was loaded. The fence lets
 * nothing through that was decided from the old data, and the due time is derived anew.
 */
export async function markStale(db: Kysely<Schema>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable("enrollments")
    .set({ stale: true })
    .where("id", "in", [...ids])
    .where("chunk_id", "is not", null)
    .execute();
}
