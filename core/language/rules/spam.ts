import type { Wait } from "../document.ts";
import type { Model } from "../model.ts";
import type { StepOf } from "../steps.ts";

/** Who has not answered yet has not had the time to. */
const SHORTEST_MINUTES = 60;
const MINUTES = { minute: 1, hour: 60 } as const;

/**
 * A message right behind another feels like spam. A step with a condition, or with a time of day, was
 * thought about; a conversation has a pace of its own.
 */
export function spam(model: Model): void {
  for (const found of model.steps()) {
    const { step, wait, index } = found;
    if (index === 0 || step.if !== undefined || step.at !== undefined) continue;
    if (step.channel === "same_conversation") continue;
    const minutes = wait === null ? null : minutesOf(wait);
    if (minutes === null || minutes >= SHORTEST_MINUTES) continue;
    tell(model, found, minutes);
  }
}

function tell(model: Model, found: StepOf, minutes: number): void {
  const behind = minutes === 0 ? "right behind" : `${minutes} minutes after`;
  const message = `this comes ${behind} the message before it, which feels like spam`;
  const hint = "wait an hour or more, put both into one message, or say with if: whom it is for";
  model.at(found.sequence.file, [...found.path, "wait"], "spam-wait", message, hint, "warning");
}

/** How long a wait surely is, where it is counted from the message before. */
function minutesOf(wait: Wait): number | null {
  if (wait.kind === "immediately") return 0;
  if (wait.kind === "relative") return null;
  if (wait.n === 0) return 0;
  return wait.unit === "minute" || wait.unit === "hour" ? wait.n * MINUTES[wait.unit] : null;
}
