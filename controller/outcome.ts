import type { Condition, ReconciliationOutcome } from "../store/schema.ts";

/** How a reconciliation ended, seen as a whole. */
export interface Outcome {
  readonly outcome: ReconciliationOutcome;
  /** One CamelCase word, e.g. `InvalidCommit`, `RetireGuard`, `AuthenticationFailed`. */
  readonly reason: string;
  readonly message: string;
}

/**
 * The source's conditions after a reconciliation. `Ready` means that what is live is what the branch's
 * head says; `Stalled` that nothing will change before somebody acts.
 * @param now epoch ms; a condition that keeps its status keeps the instant it began
 */
export function conditionsAfter(
  outcome: Outcome,
  before: readonly Condition[],
  now: number,
): readonly Condition[] {
  const isReady = outcome.outcome === "applied" || outcome.outcome === "unchanged";
  const { reason, message } = outcome;
  const condition = (type: Condition["type"], status: boolean): Condition => {
    const earlier = before.find((one) => one.type === type);
    const since = earlier?.status === status ? earlier.since : new Date(now).toISOString();
    return { type, status, reason, message, since };
  };
  return [
    condition("Ready", isReady),
    condition("Reconciling", false),
    condition("Stalled", !isReady),
  ];
}
