import type { Policy, Window } from "../language/policy.ts";
import { dateOf, parseDate, weekdayOf } from "./civil.ts";
import { loadHolidays, type IsHoliday } from "./holidays.ts";
import { memoize } from "./memo.ts";

/** The workspace's business days and sending hours. Dates are local, `YYYY-MM-DD`, of any year. */
export interface Calendar {
  isHoliday(date: string): boolean;
  isBusinessDay(date: string): boolean;
  /** When messages may be sent on this date, sorted and disjoint; null: at any time. */
  windows(date: string): readonly Window[] | null;
}

/** How many days in a row are searched for one on which the rules hold. */
export const SEARCHED_DAYS = 366;

/**
 * The calendar of a policy. A promise, because holidays load only where a country is set.
 * @throws if the country or region is not known; {@link checkHolidays} tells beforehand
 */
export async function loadCalendar(policy: Policy): Promise<Calendar> {
  const { country, region } = policy.business_days.holidays;
  if (country === null) return createCalendar(policy, () => false);
  const { isHoliday, error } = await loadHolidays(country, region);
  if (isHoliday === null) throw new Error(`business_days.holidays: ${error}`);
  return createCalendar(policy, isHoliday);
}

/** What is wrong with an authored country and region; null if their holidays are known. */
export async function checkHolidays(
  country: string,
  region: string | null,
): Promise<string | null> {
  return (await loadHolidays(country, region)).error;
}

function createCalendar(policy: Policy, isPublicHoliday: IsHoliday): Calendar {
  const { week, holidays } = policy.business_days;
  const extra = new Set(holidays.extra);
  const working = new Set(holidays.working);
  const hours = policy.send_hours;

  const factsOf = memoize(4_096, (date: string) => {
    const weekday = weekdayOf(parseDate(date) ?? Number.NaN);
    const isHoliday = !working.has(date) && (extra.has(date) || isPublicHoliday(date));
    const isBusinessDay = working.has(date) || (week.includes(weekday) && !isHoliday);
    const onHolidays = isHoliday ? hours?.holidays : null;
    const windows = onHolidays ?? hours?.days[weekday] ?? null;
    return { isHoliday, isBusinessDay, windows };
  });

  return {
    isHoliday: (date) => factsOf(date).isHoliday,
    isBusinessDay: (date) => factsOf(date).isBusinessDay,
    windows: (date) => factsOf(date).windows,
  };
}

/**
 * The business day that lies |n| business days after the day (before it, if n is negative). The day
 * itself is not counted, so that from a weekend the next business day is day 1. Zero is the day
 * itself, from a weekend the next business day. Null if a whole year goes by without one.
 */
export function addBusinessDays(day: number, n: number, calendar: Calendar): number | null {
  const direction = n < 0 ? -1 : 1;
  const rolls = n === 0 && !calendar.isBusinessDay(dateOf(day));
  let found = day;
  for (let left = rolls ? 1 : Math.abs(n); left > 0; left--) {
    let next = found + direction;
    while (!calendar.isBusinessDay(dateOf(next))) {
      next += direction;
      if (Math.abs(next - found) > SEARCHED_DAYS) return null;
    }
    found = next;
  }
  return found;
}
