import type { Kysely } from "kysely";
import { didYouMean } from "../../core/did-you-mean.ts";
import { mapStep, type Program } from "../../core/enrollment/index.ts";
import type { Schema } from "../../store/schema.ts";
import { readVersion } from "../../store/sequences.ts";
import { countLiveBySteps, type MigrationRoute } from "../../store/version-migrations.ts";
import type { Engine } from "../engine.ts";
import type { Refusal } from "../http/ports.ts";

/** One step's live enrollments, and the step that they go on at. */
export interface MigratedStep {
  readonly from: string;
  readonly to: string;
  readonly enrollments: number;
}

type MigrationPlan = { readonly steps: readonly MigratedStep[] } | { readonly refused: Refusal };

/** What a migration would do; refused where a step has no place, or would be sent again. */
export async function planMigration(
  db: Kysely<Schema>,
  engine: Engine,
  route: MigrationRoute,
): Promise<MigrationPlan> {
  const { sequence, from, to } = route;
  if (from === to) return refuse("invalid-request", "`from` and `to` are the same version");
  for (const version of [from, to]) {
    if ((await readVersion(db, sequence, version)) === null) {
      return refuse("not-found", `There is no version ${version} of ${sequence}`);
    }
  }
  const [old, other] = [
    await engine.program(db, sequence, from),
    await engine.program(db, sequence, to),
  ];
  if (old.sequence.target !== other.sequence.target) {
    const detail = `${sequence}@${from} is about a ${old.sequence.target}, ${sequence}@${to} about a ${other.sequence.target}`;
    return refuse("wrong-target-type", detail);
  }
  const wrong = wrongNames(route, old, other);
  if (wrong !== null) return refuse("invalid-request", wrong);
  return stepsOf(route, old, other, await countLiveBySteps(db, sequence, from));
}

function stepsOf(
  { sequence, to, map }: MigrationRoute,
  old: Program,
  other: Program,
  live: ReadonlyMap<string, number>,
): MigrationPlan {
  const steps: MigratedStep[] = [];
  const unmapped: string[] = [];
  for (const { step } of old.steps) {
    const enrollments = live.get(step.id);
    if (enrollments === undefined) continue;
    const mapped = mapStep(old, other, map, step.id);
    if (mapped.kind === "step") steps.push({ from: step.id, to: mapped.step, enrollments });
    else if (mapped.kind === "unmapped") unmapped.push(`${step.id} (${enrollments} waiting)`);
    else {
      const detail = `From ${step.id} on, ${sequence}@${to} would send again what was sent before: ${mapped.steps.join(", ")}`;
      return refuse("step-repeats", detail);
    }
  }
  if (unmapped.length === 0) return { steps };
  const names = other.steps.map(({ step }) => step.id).join(", ");
  const detail = `${sequence}@${to} has no step for ${unmapped.join(", ")}: map each to one of ${names}`;
  return refuse("unmapped-step", detail);
}

function wrongNames({ sequence, from, to, map }: MigrationRoute, old: Program, other: Program) {
  for (const [one, another] of Object.entries(map)) {
    if (old.indexOf(one) < 0) return noStep(old, `${sequence}@${from}`, one);
    if (other.indexOf(another) < 0) return noStep(other, `${sequence}@${to}`, another);
  }
  return null;
}

function noStep(program: Program, version: string, name: string): string {
  const guess = didYouMean(
    name,
    program.steps.map(({ step }) => step.id),
  );
  return `${version} has no step ${name}${guess === undefined ? "" : `; did you mean ${guess}?`}`;
}

function refuse(problem: Refusal["problem"], detail: string): { readonly refused: Refusal } {
  return { refused: { problem, detail } };
}
