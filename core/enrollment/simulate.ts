import { decide } from "./decide.ts";
import type { Program } from "./program.ts";
import { afterSend, afterSkip, scheduleFrom } from "./schedule.ts";
import type { OutgoingMessage, Schedule, Situation } from "./types.ts";

/** One step as it would go. `at` is when it is sent or passed over, in epoch ms. */
export interface SimulatedStep {
  readonly step: string;
  readonly at: number | null;
  readonly message: OutgoingMessage | null;
  /** Why nothing is sent at this step: a skip, an exit, a hold or a failure; null when it is sent. */
  readonly skipped: string | null;
}

/**
 * Follows an enrollment from `start` to its end, with the very functions that run it in production.
 * Each step is assumed sent when due; a step that would be held is passed over so that the rest shows.
 */
export function simulate(program: Program, situation: Situation, start: number): SimulatedStep[] {
  const steps: SimulatedStep[] = [];
  let schedule = scheduleFrom(program, 0, { base: start, now: start }, situation);
  let now = start;
  for (;;) {
    for (const { step, reason } of schedule.skipped) {
      steps.push({ step, at: now, message: null, skipped: reason });
    }
    if (schedule.kind === "end") return steps;
    if (schedule.kind === "hold") {
      steps.push({
        step: schedule.step,
        at: null,
        message: null,
        skipped: `held: ${schedule.reason}`,
      });
      schedule = afterSkip(program, schedule.step, now, situation);
      continue;
    }
    const { position } = schedule;
    now = Math.max(now, position.due);
    const decision = decide(program, position, situation, now);
    switch (decision.kind) {
      case "send":
      case "draft":
        steps.push({ step: position.step, at: now, message: decision.message, skipped: null });
        schedule = afterSend(program, position.step, now, now, situation);
        break;
      case "wait":
        schedule = waited(schedule, decision.position.due);
        break;
      case "exit":
        steps.push({
          step: position.step,
          at: now,
          message: null,
          skipped: `exit: ${decision.reason}`,
        });
        return steps;
      case "skip":
      case "hold":
      case "fail":
        steps.push({ step: position.step, at: now, message: null, skipped: reasonOf(decision) });
        schedule = afterSkip(program, position.step, now, situation);
    }
  }
}

function waited(schedule: Extract<Schedule, { kind: "step" }>, due: number): Schedule {
  return { ...schedule, skipped: [], position: { ...schedule.position, due } };
}

function reasonOf(
  decision:
    | { kind: "skip"; reason: string }
    | { kind: "hold"; reason: string }
    | { kind: "fail"; code: string; message: string },
): string {
  if (decision.kind === "skip") return decision.reason;
  if (decision.kind === "hold") return `held: ${decision.reason}`;
  return `${decision.code}: ${decision.message}`;
}
