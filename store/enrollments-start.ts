import { sql, type Kysely } from "kysely";
import type { Schedule } from "../core/enrollment/types.ts";
import type { TargetType } from "../core/language/document.ts";
import { newId } from "./ids.ts";
import { iso, placementOf, type Placement } from "./placement.ts";
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

/** What was worked out rests on a policy that holds no more: to be done again, as after a serialization failure. */
export class Superseded extends Error {
  override readonly name = "Superseded";
  readonly code = "40001";
}

/**
 * Begins enrollments in one statement, with their history and the steps already passed over.
 * A row whose live key is taken is left out: another request won the race.
 * @param revision the policy's, by which their schedules were worked out
 * @param now epoch ms
 * @returns the ids that began
 * @throws Superseded when the policy has changed since
 */
export async function startEnrollments(
  db: Kysely<Schema>,
  rows: readonly NewEnrollment[],
  revision: string | null,
  now: number,
): Promise<ReadonlySet<string>> {
  if (rows.length === 0) return new Set();
  const placed = rows.map((row) => ({ ...row, placement: placementOf(row.schedule, now) }));
  const { rows: found } = await sql<{ revision: string | null; begun: string[] }>`
    with begun as (
      insert into enrollments (id, sequence_id, version, target_type, target_id, contact_id,
        agent_id, live_key, state, reason, step_id, base_at, next_due_at, expires_at, attempt,
        ended_at, started_at, updated_at)
      select r.*, ${iso(now)}::timestamptz, ${iso(now)}::timestamptz
      from json_to_recordset(${JSON.stringify(placed.map(columns))}::json) as r(
        id uuid, sequence_id text, version integer, target_type text, target_id text,
        contact_id text, agent_id text, live_key text, state text, reason text, step_id text,
        base_at timestamptz, next_due_at timestamptz, expires_at timestamptz, attempt integer,
        ended_at timestamptz)
      on conflict (sequence_id, live_key) where state in ('active', 'paused', 'held') do nothing
      returning id
    ), passed as (
      insert into messages (id, enrollment_id, step_id, attempt, state, reason, due_at, created_at, updated_at)
      select m.id, begun.id, m.step, 1, 'skipped', m.reason,
        ${iso(now)}::timestamptz, ${iso(now)}::timestamptz, ${iso(now)}::timestamptz
      from json_to_recordset(${JSON.stringify(rows.flatMap((row) => passedOver(row, now)))}::json)
        as m(id uuid, enrollment uuid, step text, reason text)
      join begun on begun.id = m.enrollment
    ), told as (
      insert into history (enrollment_id, at, type, step_id, data)
      select begun.id, ${iso(now)}::timestamptz, h.type, h.step, h.data
      from rows from (
        json_to_recordset(${JSON.stringify(placed.flatMap(historyOf))}::json)
          as (enrollment uuid, type text, step text, data jsonb)
      ) with ordinality as h(enrollment, type, step, data, place)
      join begun on begun.id = h.enrollment
      order by h.place
    )
    select (select revision from workspace_policy) as revision, array(select id from begun) as begun
  `.execute(db);
  const [{ revision: current, begun } = { revision, begun: [] }] = found;
  if (current !== revision) throw new Superseded("The policy has changed meanwhile");
  return new Set(begun);
}

type Placed = NewEnrollment & { readonly placement: Placement };

function columns({ placement, ...row }: Placed) {
  return {
    ...placement,
    id: row.id,
    sequence_id: row.sequence,
    version: row.version,
    target_type: row.target.type,
    target_id: row.target.id,
    contact_id: row.contactId,
    agent_id: row.agentId,
    live_key: row.liveKey,
  };
}

function passedOver({ id, schedule }: NewEnrollment, now: number) {
  return schedule.skipped.map((skipped) => ({ ...skipped, enrollment: id, id: newId(now) }));
}

/** What its history begins with, in this order: that it began, what was passed over, and what comes next. */
function historyOf({ id, sequence, version, schedule, placement }: Placed) {
  const { state, step_id: step, next_due_at, reason } = placement;
  return [
    { enrollment: id, type: "enrolled", data: { sequence, version } },
    ...schedule.skipped.map((skipped) => ({
      enrollment: id,
      type: "skipped",
      step: skipped.step,
      data: { reason: skipped.reason },
    })),
    {
      enrollment: id,
      type: state === "active" ? "scheduled" : state,
      step,
      data: {
        ...(next_due_at !== null && { due_at: next_due_at }),
        ...(reason !== null && { reason }),
      },
    },
  ];
}
