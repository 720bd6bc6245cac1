import type { Kysely } from "kysely";
import {
  reschedule,
  scheduleFrom,
  type Program,
  type Schedule,
  type Situation,
} from "../core/enrollment/index.ts";
import { lookup, type Facts } from "../core/facts.ts";
import { isBlank } from "../core/template/values.ts";
import { moveEnrollments, markStale, type Move } from "../store/enrollments-move.ts";
import {
  lockWaiting,
  type ChangedRecords,
  type WaitingEnrollment,
} from "../store/enrollments-waiting.ts";
import type { Schema } from "../store/schema.ts";
import type { Engine } from "./engine.ts";
import { loadFacts } from "./load-facts.ts";

type TimeSituation = Pick<Situation, "workspace" | "facts">;

/**
 * Re-derives the live enrollments about records that changed, in the transaction that changed them:
 * waiting ones get their new due time, ones held for a blank variable go on once it has a value. What a
 * chunk has in hand is marked, so that its runner looks again.
 * @param trx must hold the changed records' row locks, which keep two re-derivations apart
 * @param now epoch ms
 * @returns how many moved
 */
export async function rederiveFor(
  trx: Kysely<Schema>,
  engine: Engine,
  changed: ChangedRecords,
  now: number,
): Promise<number> {
  return rederive(trx, engine, await lockWaiting(trx, changed), "data", now);
}

/**
 * Re-derives enrollments by id: those that were in a chunk's hand while their data changed (`data`), or
 * a batch of all that wait after the policy changed (`policy`).
 * @param now epoch ms
 * @returns how many moved
 */
export async function rederiveThese(
  trx: Kysely<Schema>,
  engine: Engine,
  ids: readonly string[],
  cause: "data" | "policy",
  now: number,
): Promise<number> {
  return rederive(trx, engine, await lockWaiting(trx, { ids }), cause, now);
}

async function rederive(
  trx: Kysely<Schema>,
  engine: Engine,
  found: readonly WaitingEnrollment[],
  cause: "data" | "policy",
  now: number,
): Promise<number> {
  if (found.length === 0) return 0;
  const inHand = found.filter((enrollment) => enrollment.chunk_id !== null);
  await markStale(
    trx,
    inHand.map((enrollment) => enrollment.id),
  );
  const waiting = found.filter((enrollment) => enrollment.chunk_id === null);
  const workspace = await engine.workspace(trx);
  const facts = await loadFacts(trx, waiting, workspace.policy);
  const moved: Move[] = [];
  const released: Move[] = [];
  for (const enrollment of waiting) {
    const program = await engine.program(trx, enrollment.sequence_id, enrollment.version);
    const situation = { workspace, facts: facts.get(enrollment.id)! };
    // A pause lies over a hold as over a wait: what mends the hold leaves it paused.
    const isHeld = enrollment.state === "held" || enrollment.next_due_at === null;
    const schedule = isHeld
      ? release(program, enrollment, situation, now)
      : moveOf(program, enrollment, situation, cause, now);
    if (schedule === null) continue;
    const move = { id: enrollment.id, fromStep: enrollment.step_id, schedule };
    if (isHeld) released.push(move);
    else moved.push({ ...move, data: { cause } });
  }
  const [first, second] = [
    await moveEnrollments(trx, moved, "rescheduled", now),
    await moveEnrollments(trx, released, "released", now),
  ];
  return first.size + second.size;
}

/** Where a waiting enrollment goes now; null when it stays. */
function moveOf(
  program: Program,
  enrollment: WaitingEnrollment,
  situation: TimeSituation,
  cause: "data" | "policy",
  now: number,
): Schedule | null {
  const { next_due_at: due, expires_at: expires } = enrollment;
  if (due === null || expires === null) return null;
  const current = {
    step: enrollment.step_id,
    base: enrollment.base_at.getTime(),
    due: due.getTime(),
    expires: expires.getTime(),
    attempt: enrollment.attempt,
    failedChannels: enrollment.failed_channels,
  };
  const schedule = reschedule(program, current, now, situation, cause);
  if (schedule.kind !== "step" || schedule.position.step !== current.step) return schedule;
  const { position } = schedule;
  const same = position.due === current.due && position.expires === current.expires;
  // What is due already is claimed in its turn; how long it has been so is nobody's business.
  const bothDue = position.due <= now && current.due <= now && position.expires === current.expires;
  return same || bothDue ? null : schedule;
}

/**
 * Where a held enrollment goes now that data came; null when it stays held. A step that was held when it
 * was already due is not in the past: it is sent now, while it has not expired.
 * @param now epoch ms
 */
export function release(
  program: Program,
  enrollment: WaitingEnrollment,
  situation: TimeSituation,
  now: number,
): Schedule | null {
  const { reason } = enrollment;
  if (reason === null || !isDataHold(reason) || lacksData(reason, situation.facts)) return null;
  const schedule = retryHeld(program, enrollment, situation, now);
  return schedule.kind === "hold" ? null : schedule;
}

/**
 * Where a held enrollment goes when its step is tried again.
 * @param now epoch ms
 */
export function retryHeld(
  program: Program,
  enrollment: WaitingEnrollment,
  situation: TimeSituation,
  now: number,
): Schedule {
  const { step_id: step, attempt, failed_channels: failedChannels } = enrollment;
  const base = enrollment.base_at.getTime();
  const isScheduled = !heldAtScheduling(program, enrollment);
  const waiting = { step, base, attempt, failedChannels };
  if (!isScheduled) return reschedule(program, waiting, now, situation, "data");
  // A hold keeps no due time: it is the one that was derived at first.
  const first = scheduleFrom(program, program.indexOf(step), { base, now: base }, situation);
  const known =
    first.kind === "step" && first.position.step === step
      ? { ...waiting, due: first.position.due, expires: first.position.expires }
      : waiting;
  return reschedule(program, known, now, situation, "policy");
}

/** It waits for the date that its own wait names, so it was never due. */
function heldAtScheduling(program: Program, enrollment: WaitingEnrollment): boolean {
  const wait = program.steps[program.indexOf(enrollment.step_id)]?.step.wait;
  return wait?.kind === "relative" && blanks(enrollment.reason ?? "").includes(wait.variable);
}

function isDataHold(reason: string): boolean {
  return reason.startsWith("blank: ") || reason.startsWith("never: ");
}

function lacksData(reason: string, facts: Facts): boolean {
  return blanks(reason).some((path) => isBlank(lookup(facts, path)));
}

function blanks(reason: string): string[] {
  return reason.startsWith("blank: ") ? reason.slice("blank: ".length).split(", ") : [];
}
