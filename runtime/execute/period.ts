import type { Duration } from "../../core/language/document.ts";
import { addDuration, type Calendar } from "../../core/time/index.ts";

const EVERY_DAY: Calendar = {
  isHoliday: () => false,
  isBusinessDay: () => true,
  windows: () => null,
};

/** The length of a rate's period as it is at a moment, in milliseconds. @param now epoch ms */
export function periodOf(per: Duration, now: number): number {
  return addDuration(now, per, "UTC", EVERY_DAY) - now;
}
