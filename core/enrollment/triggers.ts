import type { Facts } from "../facts.ts";
import type { Duration } from "../language/document.ts";
import { languageOf } from "./content.ts";
import type { Program } from "./program.ts";
import { zoneOf } from "./schedule.ts";
import type { Workspace } from "./types.ts";

/** Whether an event begins an enrollment: a trigger names it, and its condition holds. */
export function isTriggeredBy(
  program: Program,
  event: string,
  workspace: Workspace,
  facts: Facts,
): boolean {
  const context = { zone: zoneOf(workspace, facts), language: languageOf(facts) };
  return program.triggers.some(
    ({ trigger, if: condition }) =>
      "event" in trigger &&
      trigger.event === event &&
      (condition === null || condition.test(facts, context)),
  );
}

/** Whether a silence begins an enrollment, by one of its triggers. @param inactive the trigger's own length */
export function isTriggeredBySilence(
  program: Program,
  inactive: Duration,
  workspace: Workspace,
  facts: Facts,
): boolean {
  const context = { zone: zoneOf(workspace, facts), language: languageOf(facts) };
  return program.triggers.some(
    ({ trigger, if: condition }) =>
      "inactive" in trigger &&
      trigger.inactive.n === inactive.n &&
      trigger.inactive.unit === inactive.unit &&
      (condition === null || condition.test(facts, context)),
  );
}
