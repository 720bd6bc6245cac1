import { compileProgram, type Program } from "../../core/enrollment/index.ts";
import type { CanonicalStep } from "../../core/language/document.ts";
import type { Policy, SendHours } from "../../core/language/policy.ts";
import { loadCalendar, type Calendar } from "../../core/time/index.ts";
import { policy } from "../core/enrollment/fixtures.ts";
import type { Scenario } from "./scenario.ts";

/** What a life is lived in: both editions of its sequence, and a calendar for each policy it will see. */
export interface Setting {
  readonly programs: readonly [Program, Program];
  readonly calendars: ReadonlyMap<SendHours | null, Calendar>;
}

export async function settingOf(scenario: Scenario): Promise<Setting> {
  const calendars = new Map<SendHours | null, Calendar>();
  for (const hours of hoursOf(scenario)) {
    calendars.set(hours, await loadCalendar(policyOf(scenario, hours)));
  }
  return { programs: [programOf(scenario, 1), programOf(scenario, 2)], calendars };
}

/** The second edition has the same steps, each with the wait of the one after it. */
export function stepsOf({ steps }: Scenario, edition: number): readonly CanonicalStep[] {
  if (edition === 1) return steps;
  return steps.map((step, index) => {
    const { wait, at } = steps[(index + 1) % steps.length]!;
    const { at: _at, ...rest } = step;
    return { ...rest, wait, ...(at === undefined ? {} : { at }) };
  });
}

export function policyOf(scenario: Scenario, hours: SendHours | null): Policy {
  const { zone, governs, week, holidays } = scenario;
  const days = { country: null, region: null, extra: holidays, working: [] };
  const business_days = { week, holidays: days };
  return { ...policy, timezone: zone, zone: governs, business_days, send_hours: hours };
}

function programOf(scenario: Scenario, edition: number): Program {
  const pinned = stepsOf(scenario, edition).map((step) => ({
    ...step,
    content: { type: "text", subject: "s", body: `${step.id} of ${edition}` } as const,
  }));
  return compileProgram({ format: 1, id: "test", target: "charge", steps: pinned });
}

function hoursOf({ hours, actions }: Scenario): Set<SendHours | null> {
  return new Set([hours, ...actions.flatMap((one) => (one.kind === "policy" ? [one.hours] : []))]);
}
