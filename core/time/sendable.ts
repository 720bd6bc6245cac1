import type { Wait } from "../language/document.ts";
import type { Window } from "../language/policy.ts";
import { SEARCHED_DAYS, type Calendar } from "./calendar.ts";
import { DAY, dateOf, MINUTE } from "./civil.ts";
import { zoneNamed, type Zone } from "./zone.ts";

/**
 * The earliest instant at or after `instant` that sending hours allow and, for a step that counts
 * business days, that lies on one: both at once. Null if there is none within 366 days. The send
 * itself asks again, because the policy may have changed since the step was scheduled.
 */
export function sendableAt(
  step: { readonly wait: Wait },
  instant: number,
  zone: string,
  calendar: Calendar,
): number | null {
  const { wait } = step;
  const businessOnly = wait.kind !== "immediately" && wait.unit === "business_day";
  const clock = zoneNamed(zone);
  const first = clock.toLocal(instant).day;
  for (let day = first; day <= first + SEARCHED_DAYS; day++) {
    const date = dateOf(day);
    if (businessOnly && !calendar.isBusinessDay(date)) continue;
    const found = openingOn(day, instant, clock, calendar.windows(date) ?? WHOLE_DAY);
    if (found !== null) return found <= instant + SEARCHED_DAYS * DAY ? found : null;
  }
  return null;
}

const WHOLE_DAY: readonly Window[] = [{ from: 0, to: 24 * 60 }];

/** The earliest instant at or after `instant` within a window of this local day. */
function openingOn(
  day: number,
  instant: number,
  zone: Zone,
  windows: readonly Window[],
): number | null {
  for (const span of zone.spans(day)) {
    const midnight = day * DAY - span.offset;
    for (const { from, to } of windows) {
      // The second, because an opening that the clock skips moves forward by the gap; the first,
      // because one that it shows twice closes the window again in between.
      const opens = Math.max(midnight + from * MINUTE, zone.toInstant(day, from * MINUTE));
      const closes = Math.min(span.to, midnight + to * MINUTE);
      const found = Math.max(instant, span.from, opens);
      if (found < closes) return found;
    }
  }
  return null;
}
