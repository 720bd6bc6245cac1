import type { ClaimedEnrollment } from "../../store/chunk-load.ts";
import type { Finish } from "../../store/finish.ts";

/** Holds an enrollment that could not be decided: a corrupt version, or a mistake of ours. */
export function held(row: ClaimedEnrollment, error: unknown): Finish {
  const reason = `error: ${error instanceof Error ? error.message : String(error)}`.slice(0, 500);
  return {
    enrollment_id: row.id,
    from_step: row.step_id,
    from_attempt: row.attempt,
    outcome: null,
    landing: {
      state: "held",
      reason,
      step_id: row.step_id,
      base_at: row.base_at,
      next_due_at: null,
      expires_at: null,
      attempt: row.attempt,
      failed_channels: row.failed_channels,
      ended_at: null,
    },
    unsent: [],
    events: [{ type: "held", step: row.step_id, data: { reason } }],
  };
}
