import type { Schedule } from "../core/enrollment/types.ts";
import { memoize } from "../core/time/memo.ts";
import type { StepChannel } from "../core/language/document.ts";
import type { EnrollmentState } from "./schema.ts";

/** Where an enrollment stands, as columns; instants are epoch ms. */
export interface Placement {
  readonly state: Extract<EnrollmentState, "active" | "held" | "completed" | "failed">;
  readonly reason: string | null;
  readonly step_id: string | null;
  readonly base_at: number;
  readonly next_due_at: number | null;
  readonly expires_at: number | null;
  readonly attempt: number;
  readonly failed_channels: readonly StepChannel[];
  readonly ended_at: number | null;
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
        base_at: position.base,
        next_due_at: position.due,
        expires_at: position.expires,
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
      return { ...idle(now), state: "completed", ended_at: now };
  }
}

function idle(base: number) {
  return {
    reason: null,
    step_id: null,
    base_at: base,
    next_due_at: null,
    expires_at: null,
    attempt: 1,
    failed_channels: [],
    ended_at: null,
  };
}

/** A placement as JSON has it: instants are ISO text. */
export function placementText(placement: Placement) {
  const { base_at, next_due_at, expires_at, ended_at } = placement;
  return {
    ...placement,
    base_at: iso(base_at),
    next_due_at: maybeIso(next_due_at),
    expires_at: maybeIso(expires_at),
    ended_at: maybeIso(ended_at),
  };
}

function maybeIso(instant: number | null): string | null {
  return instant === null ? null : iso(instant);
}

/** An instant as PostgreSQL and JSON take it. A batch has few, and asks for each many times. @param instant epoch ms */
export const iso: (instant: number) => string = memoize(100, (instant) =>
  new Date(instant).toISOString(),
);
