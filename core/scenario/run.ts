import type { Scenario } from "../language/index.ts";
import { instantOfMoment, parseMoment } from "../language/moment.ts";
import type { Happening } from "../language/scenario.ts";
import { sampleSituation, sampleZone, type Program, type Workspace } from "../enrollment/index.ts";
import { Enrollment } from "./enrollment.ts";
import type { Course } from "./types.ts";

/**
 * Follows one enrollment on a simulated clock, with the very decisions that run it in production: each
 * step is tried when it is due, what is given happens in the order of time, and before a step that is
 * due at the same moment. It goes on until the enrollment ends or nothing more can happen.
 * @throws when a moment cannot be read: the files were checked before
 */
export function runScenario(program: Program, scenario: Scenario, workspace: Workspace): Course {
  const zone = sampleZone(scenario.persona, workspace);
  const start = momentOf(scenario.start, 0, zone);
  const until = scenario.until === null ? Infinity : momentOf(scenario.until, start, zone);
  const given = scenario.given
    .map((happening) => ({ happening, at: momentOf(happening.at, start, zone) }))
    .toSorted((a, b) => a.at - b.at);
  const situation = sampleSituation(scenario.persona, workspace, program.sequence.target, start);
  const enrollment = new Enrollment(program, situation, start);
  let next = 0;
  while (!enrollment.hasEnded) {
    const coming = given[next];
    const at = Math.min(coming?.at ?? Infinity, enrollment.due);
    if (at === Infinity || at > until) break;
    if (coming !== undefined && coming.at <= enrollment.due) {
      happen(enrollment, coming.happening, coming.at, { start, zone });
      next += 1;
    } else enrollment.advance();
  }
  if (!enrollment.hasEnded && until !== Infinity) enrollment.stop(until);
  const { events, messages, state, reason } = enrollment;
  return { start, zone, events, messages, state, reason };
}

function happen(
  enrollment: Enrollment,
  { event, set, channel }: Happening,
  at: number,
  origin: { readonly start: number; readonly zone: string },
): void {
  if (set !== undefined) enrollment.set(set, at, origin);
  if (event === "reply") enrollment.reply(at, channel ?? null);
  else if (event === "opt_out") enrollment.optOut(at, channel ?? null);
  else if (event === "resolve") enrollment.resolve(at);
}

function momentOf(text: string, start: number, zone: string): number {
  const moment = parseMoment(text);
  if (moment === null) throw new Error(`${text} is no moment`);
  return instantOfMoment(moment, start, zone);
}
