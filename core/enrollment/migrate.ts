import type { Program } from "./program.ts";
import { retryHeld } from "./rederive.ts";
import { reschedule, type Waiting } from "./schedule.ts";
import type { Schedule, Situation } from "./types.ts";

/** Steps of one version and what they are called in another; what is not named keeps its name. */
export type StepMap = { readonly [step: string]: string };

/** Where a step of one version is in another. */
export type MappedStep =
  | { readonly kind: "step"; readonly step: string }
  /** The other version has no such step. */
  | { readonly kind: "unmapped" }
  /** Steps that came before it would come after it again. */
  | { readonly kind: "repeats"; readonly steps: readonly string[] };

/**
 * Finds where an enrollment that waits for a step goes on in another version. A sent step never repeats:
 * whatever comes before the step in the one version may not come at its place or after it in the other.
 */
export function mapStep(from: Program, to: Program, map: StepMap, step: string): MappedStep {
  const target = nameIn(to, map, step);
  if (target === null) return { kind: "unmapped" };
  const place = to.indexOf(target);
  const before = from.steps.slice(0, from.indexOf(step)).map((earlier) => earlier.step.id);
  const steps = before.filter((earlier) => {
    const name = nameIn(to, map, earlier);
    return name !== null && to.indexOf(name) >= place;
  });
  return steps.length > 0 ? { kind: "repeats", steps } : { kind: "step", step: target };
}

function nameIn(to: Program, map: StepMap, step: string): string | null {
  const name = Object.hasOwn(map, step) ? map[step] : step;
  return name !== undefined && to.indexOf(name) >= 0 ? name : null;
}

/** A live enrollment's place; without a due time where it is held. */
type Migrating = Waiting & { readonly reason: string | null };

/**
 * Where an enrollment stands once it is carried by another version. It waits from the same base by the
 * other version's rules; what they would have sent already is due now. A hold is looked at afresh.
 * @param to the other version
 * @param step its step there
 * @param now epoch ms
 */
export function migrateTo(
  to: Program,
  step: string,
  current: Migrating,
  situation: Pick<Situation, "workspace" | "facts">,
  now: number,
): Schedule {
  const { reason, due, expires, base } = current;
  const isSame = step === current.step;
  const attempt = isSame ? (current.attempt ?? 1) : 1;
  const failedChannels = isSame ? (current.failedChannels ?? []) : [];
  if (due === undefined || expires === undefined) {
    return retryHeld(to, { step, base, attempt, failedChannels, reason }, situation, now);
  }
  const waiting = { step, base, due, expires, attempt, failedChannels };
  return reschedule(to, waiting, now, situation, "data");
}
