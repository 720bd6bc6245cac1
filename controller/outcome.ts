import type { Condition, ReconciliationOutcome } from "../store/schema.ts";

/** How a reconciliation ended, seen as a whole. */
export interface Outcome {
  readonly outcome: ReconciliationOutcome;
  /** One CamelCase word, e.g. `InvalidCommit`, `RetireGuard`, `AuthenticationFailed`. */
  readonly reason: string;
  readonly message: string;
  /** The source could not be read; otherwise it could, whatever became of what it holds. */
  readonly isUnread?: true;
}

/** Another controller was faster, or the source was suspended: the next look tells. */
export const OVERTAKEN: Outcome = {
  outcome: "unchanged",
  reason: "Overtaken",
  message: "the source's state has changed meanwhile",
};

export const SUSPENDED: Outcome = {
  outcome: "unchanged",
  reason: "Suspended",
  message: "the source is suspended",
};

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
  const condition = conditionOf(outcome, before, now);
  return [
    condition("Ready", isReady),
    condition("Reconciling", false),
    condition("Stalled", !isReady),
  ];
}

/** The conditions while commits are read: `Ready` and `Stalled` stay what they were. */
export function conditionsDuring(
  commits: number,
  before: readonly Condition[],
  now: number,
): readonly Condition[] {
  const message = `reads ${commits === 1 ? "a new commit" : `${commits} new commits`}`;
  const condition = conditionOf({ reason: "Progressing", message }, before, now);
  const others = before.filter(({ type }) => type !== "Reconciling");
  return [...others, condition("Reconciling", true)];
}

/** The conditions of a source that was suspended while commits were read. */
export function conditionsSuspended(
  before: readonly Condition[],
  now: number,
): readonly Condition[] {
  const others = before.filter(({ type }) => type !== "Reconciling");
  return [...others, conditionOf(SUSPENDED, before, now)("Reconciling", false)];
}

/**
 * Whether the conditions say so already: a stall that lasts is recorded once, not at every poll.
 * @param exactly whether its message counts; git words one and the same failure differently each time
 */
export function isLasting(
  { reason, message }: Outcome,
  before: readonly Condition[],
  exactly: boolean,
): boolean {
  return before.some(
    (one) =>
      one.type === "Stalled" &&
      one.status &&
      one.reason === reason &&
      (!exactly || one.message === message),
  );
}

function conditionOf(
  { reason, message }: Pick<Outcome, "reason" | "message">,
  before: readonly Condition[],
  now: number,
) {
  return (type: Condition["type"], status: boolean): Condition => {
    const earlier = before.find((one) => one.type === type);
    const since = earlier?.status === status ? earlier.since : new Date(now).toISOString();
    return { type, status, reason, message, since };
  };
}
