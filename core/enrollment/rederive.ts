import { lookup, type Facts } from "../facts.ts";
import { isBlank } from "../template/values.ts";
import type { Program } from "./program.ts";
import { reschedule, scheduleFrom } from "./schedule.ts";
import type { Position, Schedule, Situation } from "./types.ts";

type TimeSituation = Pick<Situation, "workspace" | "facts">;

/** An enrollment that was stopped at a step, and why. It keeps no due time. */
export interface Held extends Omit<Position, "due" | "expires"> {
  readonly reason: string | null;
}

/**
 * Where a waiting enrollment goes after its data or the policy changed; null when it stays.
 * @param now epoch ms
 */
export function rederive(
  program: Program,
  current: Position,
  situation: TimeSituation,
  cause: "data" | "policy",
  now: number,
): Schedule | null {
  const schedule = reschedule(program, current, now, situation, cause);
  if (schedule.kind !== "step" || schedule.position.step !== current.step) return schedule;
  const { position } = schedule;
  const same = position.due === current.due && position.expires === current.expires;
  // What is due already is claimed in its turn; how long it has been so is nobody's business.
  const bothDue = position.due <= now && current.due <= now && position.expires === current.expires;
  return same || bothDue ? null : schedule;
}

/**
 * Where a held enrollment goes now that data came; null when it stays held. A step that was held when it
 * was already due is not in the past: it is sent now, while it has not expired.
 * @param now epoch ms
 */
export function release(
  program: Program,
  held: Held,
  situation: TimeSituation,
  now: number,
): Schedule | null {
  const { reason } = held;
  if (reason === null || !isDataHold(reason) || lacksData(reason, situation.facts)) return null;
  const schedule = retryHeld(program, held, situation, now);
  return schedule.kind === "hold" ? null : schedule;
}

/**
 * Where a held enrollment goes when its step is tried again.
 * @param now epoch ms
 */
export function retryHeld(
  program: Program,
  held: Held,
  situation: TimeSituation,
  now: number,
): Schedule {
  const { reason, ...waiting } = held;
  const { step, base } = waiting;
  if (heldAtScheduling(program, step, reason)) {
    return reschedule(program, waiting, now, situation, "data");
  }
  // A hold keeps no due time: it is the one that was derived at first.
  const first = scheduleFrom(program, program.indexOf(step), { base, now: base }, situation);
  const known =
    first.kind === "step" && first.position.step === step
      ? { ...waiting, due: first.position.due, expires: first.position.expires }
      : waiting;
  return reschedule(program, known, now, situation, "policy");
}

/** It waits for the date that its own wait names, so it was never due. */
function heldAtScheduling(program: Program, step: string, reason: string | null): boolean {
  const wait = program.steps[program.indexOf(step)]?.step.wait;
  return wait?.kind === "relative" && blanks(reason ?? "").includes(wait.variable);
}

function isDataHold(reason: string): boolean {
  return reason.startsWith("blank: ") || reason.startsWith("never: ");
}

function lacksData(reason: string, facts: Facts): boolean {
  return blanks(reason).some((path) => isBlank(lookup(facts, path)));
}

function blanks(reason: string): string[] {
  return reason.startsWith("blank: ") ? reason.slice("blank: ".length).split(", ") : [];
}
