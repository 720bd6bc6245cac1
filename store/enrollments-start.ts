import { sql, type Kysely } from "kysely";
import type { Schedule } from "../core/enrollment/types.ts";
import type { TargetType } from "../core/language/document.ts";
import { newId } from "./ids.ts";
import { instantText } from "./json.ts";
import { iso, placementOf, placementText } from "./placement.ts";
import type { Schema } from "./schema.ts";

/** An enrollment about to begin, with the schedule that was worked out for it. */
export interface NewEnrollment {
  readonly id: string;
  readonly sequence: string;
  readonly version: number;
  readonly target: { readonly type: TargetType; readonly id: string };
  readonly contactId: string;
  readonly agentId: string | null;
  readonly liveKey: string;
  readonly schedule: Schedule;
}

/** The key that keeps live enrollments of a sequence apart. */
export function liveKey(
  onePer: "target" | "contact",
  target: { readonly type: TargetType; readonly id: string },
  contactId: string,
): string {
  return onePer === "contact" ? `contact:${contactId}` : `target:${target.type}:${target.id}`;
}

/**
 * Begins enrollments in one statement, with their history and the steps already passed over.
 * A row whose live key is taken is left out: another request won the race.
 * @param now epoch ms
 * @returns the ids that began
 */
export async function startEnrollments(
  db: Kysely<Schema>,
  rows: readonly NewEnrollment[],
  now: number,
): Promise<ReadonlySet<string>> {
  if (rows.length === 0) return new Set();
  const begun = await sql<{ id: string }>`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(rows.map((row) => columns(row, now)))}::jsonb) as r(
        id uuid, sequence_id text, version integer, target_type text, target_id text,
        contact_id text, agent_id text, live_key text, state text, reason text, step_id text,
        base_at timestamptz, next_due_at timestamptz, expires_at timestamptz, attempt integer,
        ended_at timestamptz, skipped jsonb)
    ), begun as (
      insert into enrollments (id, sequence_id, version, target_type, target_id, contact_id,
        agent_id, live_key, state, reason, step_id, base_at, next_due_at, expires_at, attempt,
        started_at, ended_at, updated_at)
      select id, sequence_id, version, target_type, target_id, contact_id, agent_id, live_key,
        state, reason, step_id, base_at, next_due_at, expires_at, attempt,
        ${iso(now)}::timestamptz, ended_at, ${iso(now)}::timestamptz
      from given
      on conflict do nothing
      returning id
    ), passed as (
      insert into messages (id, enrollment_id, step_id, attempt, state, reason, due_at, created_at, updated_at)
      select (s ->> 'id')::uuid, given.id, s ->> 'step', 1, 'skipped', s ->> 'reason',
        ${iso(now)}::timestamptz, ${iso(now)}::timestamptz, ${iso(now)}::timestamptz
      from begun join given using (id), jsonb_array_elements(given.skipped) s
    ), told as (
      insert into history (enrollment_id, at, type, step_id, data)
      select enrollment_id, ${iso(now)}::timestamptz, type, step_id, data from (
        select id as enrollment_id, 0 as rank, 'enrolled' as type, null as step_id,
          jsonb_build_object('sequence', sequence_id, 'version', version) as data
        from begun join given using (id)
        union all
        select given.id, 1, 'skipped', s ->> 'step', jsonb_build_object('reason', s ->> 'reason')
        from begun join given using (id), jsonb_array_elements(given.skipped) s
        union all
        select id, 2, case state when 'active' then 'scheduled' else state end, step_id,
          jsonb_strip_nulls(jsonb_build_object('due_at', ${instantText("next_due_at")}, 'reason', reason))
        from begun join given using (id)
      ) events order by enrollment_id, rank
    )
    select id from begun
  `.execute(db);
  return new Set(begun.rows.map((row) => row.id));
}

function columns(row: NewEnrollment, now: number) {
  const { schedule } = row;
  return {
    ...placementText(placementOf(schedule, now)),
    id: row.id,
    sequence_id: row.sequence,
    version: row.version,
    target_type: row.target.type,
    target_id: row.target.id,
    contact_id: row.contactId,
    agent_id: row.agentId,
    live_key: row.liveKey,
    skipped: schedule.skipped.map((skipped) => ({ ...skipped, id: newId(now) })),
  };
}
