import type { Position, Schedule } from "../../core/enrollment/index.ts";
import type { Finish, Unsent } from "../../store/finish.ts";
import { newId } from "../../store/ids.ts";
import { placementOf } from "../../store/placement.ts";
import type { Case } from "./case.ts";

type Recorded = Partial<Pick<Finish, "outcome" | "unsent" | "events">>;

/**
 * An enrollment's end in a chunk, where a schedule says what comes next: steps passed over on the way
 * and the new state are told in the history.
 */
export function finishOf(one: Case, schedule: Schedule, now: number, recorded: Recorded): Finish {
  const passed = schedule.skipped.map(({ step, reason }): Unsent => ({
    ...blank(now),
    step,
    reason,
  }));
  const landing = placementOf(schedule, now);
  const told = [
    ...(recorded.events ?? []),
    ...schedule.skipped.map(({ step, reason }) => ({ type: "skipped", step, data: { reason } })),
    ...arrival(schedule),
  ];
  return {
    ...origin(one),
    outcome: recorded.outcome ?? null,
    landing,
    unsent: [...(recorded.unsent ?? []), ...passed],
    events: told,
  };
}

/** An enrollment that ends here, before its last step. */
export function ending(
  one: Case,
  state: "exited" | "failed",
  reason: string,
  now: number,
  recorded: Recorded = {},
): Finish {
  return {
    ...origin(one),
    outcome: recorded.outcome ?? null,
    landing: {
      state,
      reason,
      step_id: one.position.step,
      base_at: one.position.base,
      next_due_at: null,
      expires_at: null,
      attempt: one.position.attempt,
      failed_channels: one.position.failedChannels,
      ended_at: now,
    },
    unsent: recorded.unsent ?? [],
    events: [
      ...(recorded.events ?? []),
      { type: state, step: one.position.step, data: { reason } },
    ],
  };
}

/** A stop at the step an enrollment is at: its attempts so far are kept for when it goes on. */
export function holdAt(position: Position, reason: string): Schedule {
  const { step, base, attempt, failedChannels } = position;
  return { kind: "hold", skipped: [], step, base, reason, attempt, failedChannels };
}

/** The record of the current step, skipped. */
export function skippedOf(one: Case, reason: string, now: number): Unsent {
  return { ...blank(now), step: one.position.step, attempt: one.position.attempt, reason };
}

function origin({ row, position }: Case) {
  return { enrollment_id: row.id, from_step: position.step, from_attempt: position.attempt };
}

function blank(now: number) {
  return { id: newId(now), attempt: 1, state: "skipped", channel: null, error_code: null } as const;
}

function arrival(schedule: Schedule): Finish["events"] {
  switch (schedule.kind) {
    case "step":
      return [];
    case "hold":
      return [{ type: "held", step: schedule.step, data: { reason: schedule.reason } }];
    case "end":
      return [{ type: "completed", step: null, data: {} }];
  }
}
