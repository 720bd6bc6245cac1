import { DateTime } from "luxon";
import type { CanonicalStep } from "../../core/language/document.ts";
import type { Weekday } from "../../core/language/policy.ts";
import type { Entry, Life } from "./history.ts";
import { MINUTE, ZONES, type Scenario } from "./scenario.ts";
import { stepsOf } from "./setting.ts";

type Call = Extract<Entry, { position: unknown }>;

const ELAPSED = { minute: MINUTE, hour: 60 * MINUTE } as const;

/**
 * What must hold of every life. Time is worked out here anew, by another library's calendar, so that the
 * core is not held against itself.
 * @returns what is broken, in words
 */
export function broken(scenario: Scenario, { entries, state }: Life): string[] {
  const calls = entries.filter((one): one is Call => one.kind !== "passed");
  const sent = calls.filter((one) => one.kind === "sent");
  const wrong = calls.flatMap((call) => brokenCall(scenario, call));
  wrong.push(...unpunctual(scenario, calls));
  const seen = entries
    .filter((one) => one.kind !== "refused")
    .map((one) => (one.kind === "passed" ? one.step : one.position.step));
  const order = scenario.steps.map(({ id }) => id);
  if (new Set(sent.map((one) => one.position.step)).size !== sent.length) wrong.push("sent twice");
  if (seen.join() !== order.slice(0, seen.length).join())
    wrong.push(`out of order: ${seen.join()}`);
  if (state.life === "completed" && seen.length !== order.length) wrong.push("a step was lost");
  if (state.life === "waiting") wrong.push("it never ends");
  return wrong;
}

function brokenCall(scenario: Scenario, call: Call): string[] {
  const { week, paid, holidays, person } = scenario;
  const { at, position, message, edition, hours, suppressed, isStopped, date } = call;
  const wrong: string[] = [];
  const say = (text: string) => void wrong.push(`${position.step}: ${text}`);
  const step = stepsOf(scenario, edition).find(({ id }) => id === position.step)!;
  const zone = zoneOf(scenario);
  const local = DateTime.fromMillis(at, { zone });
  const weekday = local.weekday as Weekday;
  const isHoliday = holidays.includes(local.toISODate()!);

  if (at < position.due) say("before it was due");
  if (at >= position.expires) say("after it expired");
  if (isStopped) say("while it was stopped");
  if (message.text !== `${position.step} of ${edition}`) say(`not its version: ${message.text}`);
  if (suppressed.includes(message.channel)) say("to who opted out");
  if (message.to !== (message.channel === "email" ? person.email : person.phone)) say("to nobody");
  if (step.if !== undefined && paid) say("against its condition");
  const minute = local.hour * 60 + local.minute;
  const open = (isHoliday ? hours?.holidays : null) ?? hours?.days[weekday] ?? null;
  if (open !== null && !open.some(({ from, to }) => minute >= from && minute < to))
    say("outside sending hours");
  if (step.wait.kind !== "immediately" && step.wait.unit === "business_day") {
    if (!week.includes(weekday) || isHoliday) say("on no business day");
  }
  const earliest = earliestOf(step, position.base, date, zone);
  if (earliest !== null && at < earliest) say("earlier than its wait");
  return wrong;
}

/** What changes a time that was set. */
const MOVES = new Set<string>(["date", "policy", "migrate"]);

/** Days are dates: n days later at the same time by the clock on the wall, whatever summer time does. */
function unpunctual(scenario: Scenario, calls: readonly Call[]): string[] {
  if (scenario.date === null || scenario.actions.some(({ kind }) => MOVES.has(kind))) return [];
  const zone = zoneOf(scenario);
  const firsts = [...Map.groupBy(calls, (one) => one.position.step).values()].map(([one]) => one!);
  return firsts.flatMap(({ position, hours }) => {
    const { wait, at, if_past } = scenario.steps.find(({ id }) => id === position.step)!;
    if (
      position.attempt > 1 ||
      hours !== null ||
      if_past === "send" ||
      wait.kind !== "after" ||
      wait.unit !== "day"
    )
      return [];
    const base = DateTime.fromMillis(position.base, { zone });
    const [hour, minute] = at?.split(":").map(Number) ?? [base.hour, base.minute];
    const { year, month, day } = base.startOf("day").plus({ days: wait.n });
    const expected = DateTime.fromObject({ year, month, day, hour, minute }, { zone });
    const due = DateTime.fromMillis(position.due, { zone });
    const isRight = wallTime(due) === wallTime(expected);
    return isRight ? [] : [`${position.step}: due ${wallTime(due)}, not ${wallTime(expected)}`];
  });
}

function wallTime(moment: DateTime): string {
  return moment.toFormat("yyyy-MM-dd HH:mm");
}

/** A zone that nobody knows is as good as none. */
function zoneOf({ governs, person: { timezone }, zone }: Scenario): string {
  return governs === "contact" && timezone !== null && ZONES.includes(timezone) ? timezone : zone;
}

/** A bound that no rule of hours, and no `at`, can undercut; null where the wait gives none. */
function earliestOf(
  { wait }: CanonicalStep,
  base: number,
  date: string | null,
  zone: string,
): number | null {
  switch (wait.kind) {
    case "immediately":
      return base;
    case "after": {
      if (wait.unit === "minute" || wait.unit === "hour") return base + wait.n * ELAPSED[wait.unit];
      const day = DateTime.fromMillis(base, { zone }).startOf("day");
      return day.plus({ days: wait.n }).toMillis();
    }
    case "relative": {
      if (date === null || wait.unit !== "day") return null;
      const days = wait.side === "before" ? -wait.n : wait.side === "after" ? wait.n : 0;
      return DateTime.fromISO(date, { zone }).plus({ days }).startOf("day").toMillis();
    }
  }
}
