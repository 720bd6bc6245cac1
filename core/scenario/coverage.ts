import type { Program } from "../enrollment/index.ts";
import type { Course } from "./types.ts";

/** One way that a sequence can take, and whether a scenario took it. */
export interface Way {
  /** Null for an exit. */
  readonly step: string | null;
  /** - `sent`
   * - `if_false`: its condition was false
   * - `outside_window`: the approved template went in the text's place
   * - `exit`: the enrollment ended for `reason` before its last step
   */
  readonly kind: "sent" | "if_false" | "outside_window" | "exit";
  /** The exit's. */
  readonly reason: string | null;
  readonly reached: boolean;
}

export interface SequenceCoverage {
  readonly sequence: string;
  readonly ways: readonly Way[];
  readonly reached: number;
  readonly total: number;
}

/** Which of a sequence's ways these courses took. */
export function coverageOf(
  { sequence, steps }: Program,
  courses: readonly Course[],
): SequenceCoverage {
  const seen = new Set(courses.flatMap(waysTaken));
  const way = (kind: Way["kind"], step: string | null, reason: string | null = null): Way => ({
    step,
    kind,
    reason,
    reached: seen.has(`${kind} ${step ?? reason}`),
  });
  const ways = [
    ...steps.flatMap(({ step, template, templateOnly }) => [
      way("sent", step.id),
      ...(step.if === undefined ? [] : [way("if_false", step.id)]),
      ...(template === null || templateOnly ? [] : [way("outside_window", step.id)]),
    ]),
    ...sequence.exitEvents.map((event) => way("exit", null, event)),
    ...(sequence.goal === null ? [] : [way("exit", null, "goal")]),
  ];
  const reached = ways.filter((one) => one.reached).length;
  return { sequence: sequence.id, ways, reached, total: ways.length };
}

function waysTaken({ events, messages, state, reason }: Course): string[] {
  return [
    ...messages.flatMap(({ step, message }) => [
      `sent ${step}`,
      ...(message.template === null ? [] : [`outside_window ${step}`]),
    ]),
    ...events.flatMap(({ kind, step, detail }) =>
      kind === "skipped" && detail === "condition" ? [`if_false ${step}`] : [],
    ),
    ...(state === "exited" ? [`exit ${reason}`] : []),
  ];
}
