import fc from "fast-check";
import { expect, test } from "vitest";
import type { Position, Program, Schedule, Situation } from "../../core/enrollment/index.ts";
import type { Calendar } from "../../core/time/index.ts";
import { CORE, live, type Core } from "./life.ts";
import { broken } from "./promises.ts";
import { DAY, MINUTE, scenarios } from "./scenario.ts";

/** Every planted bug has to be found within so many lives. */
const RUNS = 4_000;
const SEED = 20_261_128;

type Timed = Pick<Situation, "workspace" | "facts">;

/** The same, by another calendar. */
function by<T extends Timed>(situation: T, change: (calendar: Calendar) => Partial<Calendar>): T {
  const { calendar } = situation.workspace;
  const workspace = { ...situation.workspace, calendar: { ...calendar, ...change(calendar) } };
  return { ...situation, workspace };
}

const open = <T extends Timed>(situation: T) => by(situation, () => ({ windows: () => null }));
const busy = <T extends Timed>(situation: T) =>
  by(situation, ({ isBusinessDay, isHoliday }) => ({
    isBusinessDay: (date) => isBusinessDay(date) || isHoliday(date),
  }));

const moved = (schedule: Schedule, change: (position: Position) => Partial<Position>): Schedule =>
  schedule.kind === "step"
    ? { ...schedule, position: { ...schedule.position, ...change(schedule.position) } }
    : schedule;

const in24Hours = (program: Program, base: number, schedule: Schedule) =>
  moved(schedule, ({ step, due }) => {
    const { wait, at } = program.steps[program.indexOf(step)]!.step;
    const isPlain = wait.kind === "after" && wait.unit === "day" && at === undefined;
    return { due: isPlain ? base + wait.n * DAY : due };
  });

/** A core with one bug, and what the invariants say of it. */
const PLANTED: readonly (readonly [string, Partial<Core>, string, typeof scenarios?])[] = [
  [
    "sending hours are not looked at",
    {
      decide: (program, position, situation, now) =>
        CORE.decide(program, position, open(situation), now),
      afterSend: (program, step, base, now, situation) =>
        CORE.afterSend(program, step, base, now, open(situation)),
    },
    "outside sending hours",
  ],
  [
    "a step does not expire",
    {
      decide: (program, position, situation, now) =>
        CORE.decide(program, { ...position, expires: now + DAY }, situation, now),
    },
    "after it expired",
  ],
  [
    "an opt-out is not looked at",
    {
      decide: (program, position, situation, now) => {
        const reach = { ...situation.reach, suppressed: [] };
        return CORE.decide(program, position, { ...situation, reach }, now);
      },
    },
    "to who opted out",
  ],
  [
    "a condition is not looked at",
    {
      decide: (program, position, situation, now) => {
        const charge = { ...situation.facts["charge"], status: "pending" };
        const facts = { ...situation.facts, charge };
        return CORE.decide(program, position, { ...situation, facts }, now);
      },
    },
    "against its condition",
  ],
  [
    "a wait is a day short",
    {
      afterSend: (...given) =>
        moved(CORE.afterSend(...given), ({ due }) => ({ due: Math.max(given[3], due - DAY) })),
    },
    "earlier than its wait",
  ],
  [
    "a day is 24 hours, whatever summer time does",
    {
      scheduleFrom: (program, index, given, situation) =>
        in24Hours(program, given.base, CORE.scheduleFrom(program, index, given, situation)),
      afterSend: (program, step, base, now, situation) =>
        in24Hours(program, base, CORE.afterSend(program, step, base, now, situation)),
    },
    ", not ",
    // Seldom seen among all lives: those with nothing else to move a time have it often enough.
    scenarios.map((one) => ({ ...one, hours: null, actions: [] })),
  ],
  [
    "holidays are days like all others",
    {
      afterSend: (program, step, base, now, situation) =>
        CORE.afterSend(program, step, base, now, busy(situation)),
      decide: (program, position, situation, now) =>
        CORE.decide(program, position, busy(situation), now),
    },
    "on no business day",
  ],
  [
    "a sent step comes again",
    {
      afterSend: (program, step, base, now, situation) => {
        const index = program.indexOf(step);
        return CORE.scheduleFrom(program, index, { base, now: now + MINUTE }, situation);
      },
    },
    "out of order",
  ],
  [
    "a step is passed over in silence",
    {
      afterSkip: (program, step, now, situation) => {
        const next = program.steps[program.indexOf(step) + 1];
        return CORE.afterSkip(program, next?.step.id ?? step, now, situation);
      },
    },
    "a step was lost",
  ],
  [
    "a migration begins at the first step again",
    {
      migrateTo: (program, step, current, situation, now) =>
        CORE.migrateTo(program, program.steps[0]?.step.id ?? step, current, situation, now),
    },
    "out of order",
  ],
];

const CASES = PLANTED.map(([name, bug, words, lives = scenarios]) => ({ name, bug, words, lives }));

test.each(CASES)(
  "the simulation finds a core in which $name",
  { timeout: 60_000 },
  async ({ bug, words, lives }) => {
    const found = await fc.check(
      fc.asyncProperty(lives, async (scenario) => {
        const wrong = broken(scenario, await live(scenario, { ...CORE, ...bug }));
        if (wrong.length > 0) throw new Error(wrong.join("\n"));
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: true },
    );
    expect(found.failed).toBe(true);
    expect(String(found.errorInstance)).toContain(words);
  },
);
