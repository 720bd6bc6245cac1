import type { Schedule } from "../core/enrollment/types.ts";
import { memoize } from "../core/time/memo.ts";
import type { StepChannel } from "../core/language/document.ts";
import type { EnrollmentState } from "./schema.ts";

/** Where an enrollment stands, as columns. Instants are ISO text, so that a placement is plain JSON. */
export interface Placement {
  readonly state: Extract<EnrollmentState, "active" | "held" | "completed" | "failed">;
  readonly reason: string | null;
  readonly step_id: string | null;
  readonly base_at: string;
  readonly next_due_at: string | null;
  readonly expires_at: string | null;
  readonly attempt: number;
  readonly failed_channels: readonly StepChannel[];
  readonly ended_at: string | null;
}

/** The columns of a schedule. @param now epoch ms, the end's instant when no step is left */
export function placementOf(schedule: Schedule, now: number): Placement {
  switch (schedule.kind) {
    case "step": {
      const { position } = schedule;
      return {
        state: "active",
        reason: null,
        step_id: position.step,
        base_at: iso(position.base),
        next_due_at: iso(position.due),
        expires_at: iso(position.expires),
        attempt: position.attempt,
        failed_channels: position.failedChannels,
        ended_at: null,
      };
    }
    case "hold":
      return {
        ...idle(schedule.base),
        state: "held",
        reason: schedule.reason,
        step_id: schedule.step,
        attempt: schedule.attempt,
        failed_channels: schedule.failedChannels,
      };
    case "end":
      return { ...idle(now), state: "completed", ended_at: iso(now) };
  }
}

function idle(base: number) {
  return {
    reason: null,
    step_id: null,
    base_at: iso(base),
    next_due_at: null,
    expires_at: null,
    attempt: 1,
    failed_channels: [],
    ended_at: null,
  };
}

/** An instant as PostgreSQL and JSON take it. A batch has few, and asks for each many times. @param instant epoch ms */
export const iso: (instant: number) => string = memoize(100, (instant) =>
  new Date(instant).toISOString(),
);
