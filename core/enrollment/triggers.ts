import type { Facts } from "../facts.ts";
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
