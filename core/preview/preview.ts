import { simulate, zoneOf, type Program, type Situation } from "../enrollment/index.ts";
import { isoIn } from "./instants.ts";
import { shapeStep } from "./step.ts";
import type { Preview, PreviewedStep } from "./types.ts";

/** Who a sequence is shown for. */
export interface Subject {
  /** A persona's id, or a real contact's. */
  readonly persona: string;
  readonly situation: Situation;
}

/**
 * Every step that a sequence would take for one person, in order; each is assumed sent when due.
 * @param start when the enrollment begins, epoch ms
 */
export function previewProgram(program: Program, subject: Subject, start: number): Preview {
  const { situation, persona } = subject;
  const zone = zoneOf(situation.workspace, situation.facts);
  const simulated = simulate(program, situation, start);
  const steps: PreviewedStep[] = [];
  let base = start;
  for (const one of simulated) {
    steps.push(shapeStep(program, one, { base, zone }, situation));
    base = one.at ?? base;
  }
  for (const { step } of program.steps.slice(steps.length)) {
    const unreached = { step: step.id, at: null, message: null, skipped: "ended" };
    steps.push(shapeStep(program, unreached, { base, zone }, situation));
  }
  return { sequence: program.sequence.id, persona, start: isoIn(start, zone), steps };
}
