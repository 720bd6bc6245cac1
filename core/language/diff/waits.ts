import { assertNever } from "../../assert-never.ts";
import type { Unit, Wait } from "../document.ts";

/** Minutes; a business day as long as it is on average, so that lengths can be put in an order. */
const MINUTES: Readonly<Record<Unit, number>> = {
  minute: 1,
  hour: 60,
  day: 1440,
  business_day: (1440 * 7) / 5,
};

/** Whether a step now comes sooner than before, where the two can be compared. */
export function isShorter(after: Wait, before: Wait): boolean {
  if (anchorOf(after) !== anchorOf(before)) return false;
  return minutesOf(after) < minutesOf(before);
}

/** Whether two waits have nothing in common: they count from something else, or one is twice the other. */
export function isFar(one: Wait, other: Wait): boolean {
  if (anchorOf(one) !== anchorOf(other)) return true;
  const [a, b] = [minutesOf(one), minutesOf(other)];
  if (a === b) return false;
  return a * b <= 0 || Math.max(a / b, b / a) >= 2;
}

/** What a wait counts from: the previous send, or a date. */
function anchorOf(wait: Wait): string | null {
  return wait.kind === "relative" ? wait.variable : null;
}

/** From the anchor; negative before it. */
function minutesOf(wait: Wait): number {
  switch (wait.kind) {
    case "immediately":
      return 0;
    case "after":
      return wait.n * MINUTES[wait.unit];
    case "relative":
      return wait.n * MINUTES[wait.unit] * (wait.side === "before" ? -1 : 1);
    default:
      return assertNever(wait);
  }
}
