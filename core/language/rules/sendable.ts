import type { Day, FileOf } from "../../../schemas/index.ts";
import { parseQuietHours, parseSendHours, parseTimeOfDay } from "../../time/index.ts";
import type { Model } from "../model.ts";
import type { SendHours, Weekday, Window } from "../policy.ts";
import { placeOf, type StepOf } from "../steps.ts";

const DAYS: readonly Day[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const WORKING_WEEK: readonly Day[] = ["mon", "tue", "wed", "thu", "fri"];
const EVERY_DAY: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];

/** Sending hours leave a step a time to go at, and leave it the time that it asks for. */
export function sendable(model: Model): void {
  const { workspace } = model;
  const hours = workspace === undefined ? null : hoursOf(workspace);
  if (workspace === undefined) return;
  const week = (workspace.business_days?.week ?? WORKING_WEEK).map(
    (day) => (DAYS.indexOf(day) + 1) as Weekday,
  );
  const openOn = (days: readonly Weekday[]) =>
    days.flatMap((day) => (hours === null ? ALL_DAY : hours.days[day]));
  const [business, always] = [openOn(week), openOn(EVERY_DAY)];
  for (const found of model.steps()) {
    const { wait } = found;
    if (wait === null) continue;
    const isBusiness = "unit" in wait && wait.unit === "business_day";
    check(model, found, isBusiness ? business : always, isBusiness);
  }
}

const ALL_DAY: readonly Window[] = [{ from: 0, to: 24 * 60 }];

/** @param open the hours of all days on which the step may go */
function check(model: Model, found: StepOf, open: readonly Window[], isBusiness: boolean): void {
  const { file } = found.sequence;
  if (open.length === 0) {
    const message = isBusiness
      ? "this can never be sent: no business day has sending hours"
      : "this can never be sent: there are no sending hours";
    const hint = "look at business_days and send_hours in cadenza.yaml";
    model.at(file, [...found.path, "wait"], "never-sendable", message, hint);
    return;
  }
  const { at } = found.step;
  const minutes = at === undefined ? null : parseTimeOfDay(at);
  if (minutes === null) return;
  if (open.some(({ from, to }) => from <= minutes && minutes < to)) return;
  const later = open.filter(({ from }) => from > minutes);
  const first = (later.length > 0 ? later : open).reduce((a, b) => (b.from < a.from ? b : a));
  const day = later.length > 0 ? "" : " of a later day";
  const message = `${at} is never within the sending hours: this always waits until ${clockOf(first.from)}${day}`;
  const hint = "choose a time within the hours, or leave at out";
  model.at(file, placeOf(found, "at"), "at-outside-hours", message, hint, "warning");
}

/** Null where messages may be sent at any time, or where the hours have mistakes of their own. */
function hoursOf({ quiet_hours, send_hours }: FileOf["Workspace"]): SendHours | null {
  if (send_hours !== undefined) return parseSendHours(send_hours).hours;
  return quiet_hours === undefined ? null : parseQuietHours(quiet_hours).hours;
}

function clockOf(minutes: number): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
