import type { StepChannel } from "../language/document.ts";
import type { Program } from "./program.ts";
import type { Position } from "./types.ts";

/** A failure that certainly sent nothing. */
export type Failure =
  | { readonly kind: "retry"; readonly afterMs?: number }
  | { readonly kind: "snooze"; readonly afterMs: number }
  /** What was in the way is known now: one more attempt at once, which costs no retry's pause. */
  | { readonly kind: "again" }
  | { readonly kind: "permanent" };

/** What a failed attempt leads to. */
export type AfterFailure =
  | { readonly kind: "again"; readonly position: Position }
  /** `then: continue`: the sequence goes on as after a skip. */
  | { readonly kind: "next" }
  /** `then: exit`: the enrollment ends as failed. */
  | { readonly kind: "end" };

const FIRST_BACKOFF_MS = 60_000;
const LONGEST_BACKOFF_MS = 3_600_000;

/**
 * Decides what follows a failed attempt: another one after a growing pause, the next channel of
 * `on_failure`, or the step's end. A pause doubles from one minute up to an hour, and never undercuts
 * what the provider asked for; the step's expiry ends the retries, whatever is left of them.
 * @param channel what failed: the channel tried, or the step's own way of choosing where none was found
 */
export function afterFailure(
  program: Program,
  position: Position,
  failure: Failure,
  channel: StepChannel,
  now: number,
): AfterFailure {
  if (failure.kind === "snooze") {
    return { kind: "again", position: { ...position, due: now + failure.afterMs } };
  }
  const step = program.steps[program.indexOf(position.step)]?.step;
  if (step === undefined) throw new Error(`${program.sequence.id} has no step ${position.step}`);
  const { retry, channels, then } = step.on_failure;
  const perChannel = retry + 1;
  const tries = position.attempt - perChannel * position.failedChannels.length;

  if (failure.kind === "retry" && tries < perChannel) {
    const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** (tries - 1), LONGEST_BACKOFF_MS);
    const due = now + Math.max(backoff, failure.afterMs ?? 0);
    return { kind: "again", position: { ...position, attempt: position.attempt + 1, due } };
  }
  if (failure.kind === "again") {
    return { kind: "again", position: { ...position, attempt: position.attempt + 1, due: now } };
  }
  const failedChannels = [...position.failedChannels, channel];
  if (channels.some((candidate) => !failedChannels.includes(candidate))) {
    // Each channel has its own range of attempt numbers, so that its tries can be told from them. One
    // that was sent again though its fate was unknown may have run past its range.
    const attempt = Math.max(perChannel * failedChannels.length, position.attempt) + 1;
    return { kind: "again", position: { ...position, attempt, failedChannels, due: now } };
  }
  return then === "exit" ? { kind: "end" } : { kind: "next" };
}
