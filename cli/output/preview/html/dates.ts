import { DateTime } from "luxon";

/** An instant as a zone's clocks show it, which its own offset tells. */
export function local(iso: string): DateTime {
  return DateTime.fromISO(iso, { setZone: true }).setLocale("en");
}

/** `Sat 28 March 2026, 08:00`. */
export function longDate(iso: string): string {
  return local(iso).toFormat("ccc d LLLL yyyy, HH:mm");
}

/** Whole days between the local dates of two instants. */
export function daysBetween(from: string, to: string): number {
  const day = (iso: string) => Date.parse(iso.slice(0, 10)) / 86_400_000;
  return day(to) - day(from);
}

/** The local dates after one instant's and before another's, `YYYY-MM-DD`. */
export function datesBetween(from: string, to: string): string[] {
  const first = Date.parse(from.slice(0, 10));
  const count = Math.max(0, daysBetween(from, to) - 1);
  return Array.from({ length: count }, (_, index) =>
    new Date(first + (index + 1) * 86_400_000).toISOString().slice(0, 10),
  );
}
