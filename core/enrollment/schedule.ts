import { lookup, type Facts } from "../facts.ts";
import { nextSend, resolveZone, toDateValue, type DateValue } from "../time/index.ts";
import type { Step } from "../language/expand.ts";
import type { Program } from "./program.ts";
import type { Position, Schedule, Situation, SkippedStep, Workspace } from "./types.ts";

type TimeSituation = Pick<Situation, "workspace" | "facts">;

/** The zone that governs this enrollment's waits, `at` and hours. */
export function zoneOf(workspace: Workspace, facts: Facts): string {
  const own = facts.contact["timezone"];
  return resolveZone(workspace.policy, typeof own === "string" ? own : null);
}

/**
 * Finds the next step to wait for, beginning with the step at `fromIndex`. A step that lies in the
 * past is passed over, and the moment it is passed over is the next one's base.
 */
export function scheduleFrom(
  program: Program,
  fromIndex: number,
  at: { readonly base: number; readonly now: number },
  situation: TimeSituation,
): Schedule {
  const skipped: SkippedStep[] = [];
  let base = at.base;
  for (const { step } of program.steps.slice(fromIndex)) {
    const timing = timeStep(step, base, at.now, situation);
    switch (timing.kind) {
      case "due":
        return { kind: "step", skipped, position: fresh(step, base, timing) };
      case "no_date":
        return hold(skipped, step, base, `blank: ${timing.variable}`);
      case "never":
        return hold(
          skipped,
          step,
          base,
          "never: the rules of time leave no instant within 366 days",
        );
      case "past":
        skipped.push({ step: step.id, reason: "past" });
        base = at.now;
    }
  }
  return { kind: "end", skipped };
}

/** What an enrollment waits for; the rest of its position where it has one (a held one has not). */
export type Waiting = Pick<Position, "step" | "base"> & Partial<Position>;

/**
 * Re-derives the due time of the step an enrollment waits for, after a date (or any data) or the
 * policy changed. A step whose date moved into the past is passed over, as at its first scheduling;
 * one that only sending hours or a retry's pause have held back is not late, and is sent.
 */
export function reschedule(
  program: Program,
  current: Waiting,
  now: number,
  situation: TimeSituation,
  cause: "data" | "policy",
): Schedule {
  const index = program.indexOf(current.step);
  const step = program.steps[index]?.step;
  if (step === undefined) throw new Error(`${program.sequence.id} has no step ${current.step}`);
  const { attempt = 1, failedChannels = [] } = current;
  const derived = scheduleFrom(program, index, { base: current.base, now }, situation);
  if (derived.kind === "step" && derived.position.step === current.step) {
    const due =
      attempt > 1 ? Math.max(derived.position.due, current.due ?? 0) : derived.position.due;
    const expires = expiryOf(step, current, derived.position, now);
    return { ...derived, position: { ...derived.position, due, expires, attempt, failedChannels } };
  }
  if (derived.kind === "hold" && derived.step === current.step) {
    return { ...derived, attempt, failedChannels };
  }
  if (!isOnlyHeldBack(step, current, now, situation, cause)) return derived;
  return resumeLate(step, current, now, situation) ?? derived;
}

/** A wait of nothing is never in the past: what made it late must not give it a new lease of life. */
function expiryOf(step: Step, current: Waiting, derived: Position, now: number): number {
  const wasDue = current.due !== undefined && current.due <= now && current.expires !== undefined;
  if (!wasDue || step.wait.kind === "relative") return derived.expires;
  return Math.min(derived.expires, current.expires ?? derived.expires);
}

/** The step's own instant has gone by, but not because its date moved. */
function isOnlyHeldBack(
  step: Step,
  current: Waiting,
  now: number,
  situation: TimeSituation,
  cause: "data" | "policy",
): boolean {
  if (current.due === undefined) return false;
  if (cause === "policy" || step.wait.kind !== "relative" || (current.attempt ?? 1) > 1)
    return true;
  const timing = timeStep({ ...step, if_past: "skip" }, current.base, now, situation);
  if (timing.kind !== "past") return false;
  // Its due time may have been put off by its inbox's rate; its expiry tells whether the date is the same.
  const first = timeStep(step, current.base, timing.due, situation);
  return first.kind === "due" && first.expires === current.expires;
}

/** Keeps a step that is late already: due as soon as the rules allow, with the expiry that it had. */
function resumeLate(
  step: Step,
  current: Waiting,
  now: number,
  situation: TimeSituation,
): Schedule | null {
  const timing = timeStep({ ...step, if_past: "send" }, current.base, now, situation);
  if (timing.kind !== "due") return null;
  const isDated = step.wait.kind === "relative" && step.wait.side === "before";
  const expires = isDated ? timing.expires : (current.expires ?? timing.expires);
  const { attempt = 1, failedChannels = [] } = current;
  const due = attempt > 1 ? Math.max(timing.due, current.due ?? 0) : timing.due;
  const position = { step: step.id, base: current.base, due, expires, attempt, failedChannels };
  return { kind: "step", skipped: [], position };
}

/** The schedule once a step was sent: the next one counts from the actual send. */
export function afterSend(
  program: Program,
  stepId: string,
  sentAt: number,
  now: number,
  situation: TimeSituation,
): Schedule {
  return scheduleFrom(program, program.indexOf(stepId) + 1, { base: sentAt, now }, situation);
}

/** The schedule once a step was skipped: the next one counts from that moment. */
export function afterSkip(
  program: Program,
  stepId: string,
  now: number,
  situation: TimeSituation,
): Schedule {
  return scheduleFrom(program, program.indexOf(stepId) + 1, { base: now, now }, situation);
}

/** When one step is due, seen from `base`; the pure rule of `core/time` with this contact's data. */
export function timeStep(step: Step, base: number, now: number, situation: TimeSituation) {
  const { workspace, facts } = situation;
  return nextSend(step, {
    base,
    now,
    zone: zoneOf(workspace, facts),
    calendar: workspace.calendar,
    date: dateFor(step, facts),
  });
}

function dateFor(step: Step, facts: Facts): DateValue | null {
  if (step.wait.kind !== "relative") return null;
  return toDateValue(lookup(facts, step.wait.variable));
}

function fresh(step: Step, base: number, timing: { due: number; expires: number }): Position {
  const { due, expires } = timing;
  return { step: step.id, base, due, expires, attempt: 1, failedChannels: [] };
}

function hold(skipped: SkippedStep[], step: Step, base: number, reason: string): Schedule {
  return { kind: "hold", skipped, step: step.id, base, reason, attempt: 1, failedChannels: [] };
}
