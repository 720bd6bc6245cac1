import type { FileOf, Step, StepDefaults } from "../../schemas/index.ts";
import { memoize } from "../time/memo.ts";
import { parseWait } from "../time/index.ts";
import type { Wait } from "./document.ts";
import type { ParsedFile, Path } from "./source.ts";

export type StepValue = Omit<Step, "channel"> & { readonly channel: NonNullable<Step["channel"]> };

/** A step with the sequence's `defaults` merged in, and where it stands. */
export interface StepOf {
  readonly sequence: { readonly file: ParsedFile; readonly value: FileOf["Sequence"] };
  readonly step: StepValue;
  /** Null where it means nothing. */
  readonly wait: Wait | null;
  readonly index: number;
  readonly path: Path;
}

/** The same few waits fill most sequences, so each is read once. */
const waitOf = memoize(1_000, parseWait);

/** The steps of one sequence, in order. */
export function stepsOf(sequence: StepOf["sequence"]): StepOf[] {
  const { steps, defaults } = sequence.value;
  return steps.map((own, index) => {
    const step = withDefaults(own, defaults);
    return { sequence, step, wait: waitOf(step.wait), index, path: ["steps", index] };
  });
}

/** Where a value of a step stands: in the step, or in the sequence's defaults. */
export function placeOf({ sequence, index, path }: StepOf, key: keyof StepDefaults): Path {
  return sequence.value.steps[index]?.[key] === undefined ? ["defaults", key] : [...path, key];
}

/** The default inbox belongs to the default channel: a step with another channel does without it. */
function withDefaults(step: Step, defaults: StepDefaults = {}): StepValue {
  const { on_failure, inbox, ...plain } = defaults;
  const ownChannel = step.channel !== undefined && step.channel !== defaults.channel;
  const failure =
    (on_failure ?? step.on_failure) ? { on_failure: { ...on_failure, ...step.on_failure } } : {};
  const sender = inbox === undefined || ownChannel ? {} : { inbox };
  return { channel: "automatic", ...plain, ...sender, ...step, ...failure };
}
