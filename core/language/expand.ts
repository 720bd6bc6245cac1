import type {
  CanonicalDocument,
  CanonicalStep,
  Channel,
  Compose,
  Duration,
  Purpose,
  StepChannel,
  TargetType,
  Trigger,
} from "./document.ts";

/** A step with every default filled in. */
export interface Step extends Omit<CanonicalStep, "on_failure"> {
  readonly index: number;
  readonly channel: StepChannel;
  readonly compose: Compose;
  readonly if_past: "skip" | "send";
  readonly expires_after: Duration;
  readonly on_failure: {
    readonly retry: number;
    readonly channels: readonly Channel[];
    readonly then: "continue" | "exit";
  };
}

/** A published version with every default filled in: what the engine works on. */
export interface Sequence {
  readonly format: number;
  readonly id: string;
  readonly name: string;
  readonly purpose: Purpose;
  readonly target: TargetType;
  readonly reenroll: "never" | "after_end";
  readonly onePer: "target" | "contact";
  readonly triggers: readonly Trigger[];
  readonly exitEvents: readonly string[];
  readonly goal: string | null;
  readonly steps: readonly Step[];
}

/**
 * Fills in the defaults of the document's own format. A later format adds a case here; the cases
 * that exist never change, because running enrollments depend on them.
 * @throws if the format is newer than this release knows
 */
export function expand(document: CanonicalDocument): Sequence {
  if (document.format !== 1) {
    throw new Error(
      `${document.id}: this release cannot run documents of format ${document.format}; upgrade Cadenza`,
    );
  }
  return {
    format: document.format,
    id: document.id,
    name: document.name ?? document.id,
    purpose: document.purpose ?? "transactional",
    target: document.target,
    reenroll: document.enroll?.reenroll ?? "after_end",
    onePer: document.enroll?.one_per ?? "target",
    triggers: document.triggers ?? [],
    exitEvents: document.exit?.events ?? ["reply"],
    goal: document.exit?.goal ?? null,
    steps: document.steps.map(expandStep),
  };
}

function expandStep(step: CanonicalStep, index: number): Step {
  return {
    ...step,
    index,
    channel: step.channel ?? "automatic",
    compose: step.compose ?? "static",
    if_past: step.if_past ?? "skip",
    expires_after: step.expires_after ?? { n: 2, unit: "day" },
    on_failure: {
      retry: step.on_failure?.retry ?? 5,
      channels: step.on_failure?.channels ?? [],
      then: step.on_failure?.then ?? "continue",
    },
  };
}
