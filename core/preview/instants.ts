import { DateTime } from "luxon";

/** An instant (epoch ms) as a zone's clocks show it, with its offset. */
export function isoIn(instant: number, zone: string): string {
  return DateTime.fromMillis(instant, { zone }).toISO({ suppressMilliseconds: true }) ?? "";
}
