import { sql, type Kysely } from "kysely";
import type { Schedule } from "../core/enrollment/types.ts";
import type { TargetType } from "../core/language/document.ts";
import { newId } from "./ids.ts";
import { iso, placementOf, type Placement } from "./placement.ts";
import { prepared } from "./prepared.ts";
import { recordset } from "./recordset.ts";
import type { Schema } from "./schema.ts";
import { Superseded } from "./superseded.ts";

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
 * A row whose live key is taken is left out: another request won the race. The share lock on the policy makes
 * whoever publishes another wait until these are there to be derived anew.
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
  const { rows: found } = await sql<{ revision: string | null; begun: string[] }>`${prepared}
    with begun as (
      insert into enrollments (id, sequence_id, version, target_type, target_id, contact_id,
        agent_id, live_key, state, reason, step_id, base_at, next_due_at, expires_at, attempt,
        ended_at, started_at, updated_at)
      select r.*, ${iso(now)}::timestamptz, ${iso(now)}::timestamptz from ${BEGUN(placed)} r
      on conflict (sequence_id, live_key) where state in ('active', 'paused', 'held') do nothing
      returning id
    ), passed as (
      insert into messages (id, enrollment_id, step_id, attempt, state, reason, due_at, created_at, updated_at)
      select p.id, begun.id, p.step, 1, 'skipped', p.reason,
        ${iso(now)}::timestamptz, ${iso(now)}::timestamptz, ${iso(now)}::timestamptz
      from ${PASSED(placed.flatMap((row) => passedOver(row, now)))} p
      join begun on begun.id = p.enrollment
    ), told as (
      insert into history (enrollment_id, at, type, step_id, data)
      select begun.id, ${iso(now)}::timestamptz, h.type, h.step, h.data
      from ${TOLD(placed.flatMap(historyOf))} h
      join begun on begun.id = h.enrollment
      order by h.enrollment, h.place
    )
    select (select revision from workspace_policy for share) as revision,
      array(select id from begun) as begun
  `.execute(db);
  const [{ revision: current, begun } = { revision, begun: [] }] = found;
  if (current !== revision) throw new Superseded("The policy has changed meanwhile");
  return new Set(begun);
}

type Placed = NewEnrollment & { readonly placement: Placement };

/** The columns that an enrollment begins with, in the order in which they are inserted. */
const BEGUN = recordset<Placed>({
  id: ["uuid", ({ id }) => id],
  sequence_id: ["text", ({ sequence }) => sequence],
  version: ["integer", ({ version }) => version],
  target_type: ["text", ({ target }) => target.type],
  target_id: ["text", ({ target }) => target.id],
  contact_id: ["text", ({ contactId }) => contactId],
  agent_id: ["text", ({ agentId }) => agentId],
  live_key: ["text", (row) => row.liveKey],
  state: ["text", ({ placement }) => placement.state],
  reason: ["text", ({ placement }) => placement.reason],
  step_id: ["text", ({ placement }) => placement.step_id],
  base_at: ["instant", ({ placement }) => placement.base_at],
  next_due_at: ["instant", ({ placement }) => placement.next_due_at],
  expires_at: ["instant", ({ placement }) => placement.expires_at],
  attempt: ["integer", ({ placement }) => placement.attempt],
  ended_at: ["instant", ({ placement }) => placement.ended_at],
});

interface Passed {
  readonly id: string;
  readonly enrollment: string;
  readonly step: string;
  readonly reason: string;
}

const PASSED = recordset<Passed>({
  id: ["uuid", ({ id }) => id],
  enrollment: ["uuid", ({ enrollment }) => enrollment],
  step: ["text", ({ step }) => step],
  reason: ["text", ({ reason }) => reason],
});

function passedOver({ id, schedule }: NewEnrollment, now: number): Passed[] {
  return schedule.skipped.map((skipped) => ({ ...skipped, enrollment: id, id: newId(now) }));
}

interface Told {
  readonly enrollment: string;
  readonly place: number;
  readonly type: string;
  readonly step: string | null;
  readonly data: object;
}

const TOLD = recordset<Told>({
  enrollment: ["uuid", ({ enrollment }) => enrollment],
  place: ["integer", ({ place }) => place],
  type: ["text", ({ type }) => type],
  step: ["text", ({ step }) => step],
  data: ["json", ({ data }) => data],
});

/** What its history begins with, in this order: that it began, what was passed over, and what comes next. */
function historyOf({ id: enrollment, sequence, version, schedule, placement }: Placed): Told[] {
  const { state, step_id, next_due_at, reason } = placement;
  const next = {
    ...(next_due_at !== null && { due_at: iso(next_due_at) }),
    ...(reason !== null && { reason }),
  };
  const type = state === "active" ? "scheduled" : state;
  return [
    { enrollment, place: 0, type: "enrolled", step: null, data: { sequence, version } },
    ...schedule.skipped.map(({ step, reason: why }, index) => ({
      enrollment,
      place: 1 + index,
      type: "skipped",
      step,
      data: { reason: why },
    })),
    { enrollment, place: 1 + schedule.skipped.length, type, step: step_id, data: next },
  ];
}
