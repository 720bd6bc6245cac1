import { DateTime } from "luxon";
import { timeStep } from "../enrollment/schedule.ts";
import type { Situation } from "../enrollment/index.ts";
import type { Step } from "../language/expand.ts";

/** A send that the workspace's hours put off: the instant before that, and the rule that did it. */
interface Moved {
  /** Epoch ms. */
  readonly from: number;
  readonly because: string;
}

/**
 * Whether sending hours put a step off.
 * @param base what its wait counts from, epoch ms
 * @param now when it was scheduled, epoch ms
 * @param at when it is sent, epoch ms
 */
export function movedBy(
  step: Step,
  { base, now, at }: { readonly base: number; readonly now: number; readonly at: number },
  situation: Situation,
  zone: string,
): Moved | null {
  const { workspace } = situation;
  const { calendar } = workspace;
  const open = { ...workspace, calendar: { ...calendar, windows: () => null } };
  const timing = timeStep(step, base, now, { ...situation, workspace: open });
  if (timing.kind !== "due" || timing.due === at) return null;
  const date = DateTime.fromMillis(timing.due, { zone }).toISODate() ?? "";
  return { from: timing.due, because: ruleOf(date, calendar) };
}

function ruleOf(date: string, calendar: Situation["workspace"]["calendar"]): string {
  if (calendar.windows(date)?.length !== 0) return "quiet hours";
  return calendar.isHoliday(date) ? "a holiday" : "a closed day";
}
