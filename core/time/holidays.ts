import { DAY, dateOf, HOUR, parseDate } from "./civil.ts";
import { memoize } from "./memo.ts";

/** Whether a date (`YYYY-MM-DD`) is a public holiday. */
export type IsHoliday = (date: string) => boolean;

type HolidaysResult =
  | { readonly isHoliday: IsHoliday; readonly error: null }
  | { readonly isHoliday: null; readonly error: string };

interface Holiday {
  /** `YYYY-MM-DD hh:mm:ss`, local, with or without an offset. */
  readonly date: string;
  readonly start: Date;
  readonly end: Date;
}

/**
 * The public holidays of a country (`BR`) and, if given, of a region in it (`SP`; `BY-A` is a place
 * in `BY`). One that is not known is the author's mistake, hence data: a message to show.
 */
export async function loadHolidays(
  country: string,
  region: string | null,
): Promise<HolidaysResult> {
  // 12 MB and a third of a second, which only workspaces with a country should pay.
  const { default: Holidays } = await import("date-holidays");
  const source = new Holidays();
  if (!Object.hasOwn(source.getCountries(), country)) {
    return failure(
      `no holidays are known for the country "${country}"; use a code such as BR or US`,
    );
  }
  const [state, place] = region?.split("-") ?? [];
  const states = source.getStates(country) ?? {};
  if (state !== undefined && !Object.hasOwn(states, state)) {
    return failure(unknownRegion(country, state, states));
  }
  const places = (state !== undefined && source.getRegions(country, state)) || {};
  if (place !== undefined && !Object.hasOwn(places, place)) {
    return failure(unknownRegion(`${country}-${state}`, place, places));
  }
  source.init(country, state, place, { types: ["public"] });

  const ofYear = memoize(64, (year: number) => {
    // A holiday of several days may reach into the next year.
    const both = [year - 1, year].flatMap((each) => source.getHolidays(each));
    return new Set(both.flatMap(datesOf));
  });
  // Earlier dates are slips of the keyboard, and the library takes year 0 for the current year.
  const isHoliday = (date: string) => date >= "1900" && ofYear(Number(date.slice(0, 4))).has(date);
  return { isHoliday, error: null };
}

/** The dates of one holiday. A half holiday, beginning at noon or later, has none: the day is worked. */
function datesOf({ date, start, end }: Holiday): string[] {
  const first = parseDate(date.slice(0, 10));
  if (first === null || date.slice(11, 13) >= "12") return [];
  // Whole days; on the days when clocks change they are an hour short.
  const length = Math.max(1, Math.floor((end.getTime() - start.getTime() + HOUR) / DAY));
  return Array.from({ length }, (_, index) => dateOf(first + index));
}

function failure(error: string): HolidaysResult {
  return { isHoliday: null, error };
}

function unknownRegion(parent: string, region: string, regions: object): string {
  const known = Object.keys(regions).join(", ");
  const advice = known ? `use one of ${known}` : "leave the region out";
  return `the holiday calendar of ${parent} has no region "${region}"; ${advice}`;
}
