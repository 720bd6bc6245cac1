import type { Kysely } from "kysely";
import {
  meetsGoal,
  rederive as rederiveOne,
  release,
  type Held,
  type Program,
  type Schedule,
  type Situation,
} from "../core/enrollment/index.ts";
import { exitEnrollments } from "../store/enrollments-control.ts";
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
 * ones whose goal is met end, waiting ones get their new due time, ones held for a blank variable go on once
 * it has a value. What a
 * chunk has in hand is marked, so that its runner looks again.
 * @param trx must hold the changed records' row locks, which keep two re-derivations apart
 * @param now epoch ms
 * @returns how many moved or ended
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
 * @returns how many moved or ended
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
  const reached: string[] = [];
  for (const enrollment of waiting) {
    const program = await engine.program(trx, enrollment.sequence_id, enrollment.version);
    const situation = { workspace, facts: facts.get(enrollment.id)! };
    if (cause === "data" && meetsGoal(program, situation)) {
      reached.push(enrollment.id);
      continue;
    }
    // A pause lies over a hold as over a wait: what mends the hold leaves it paused.
    const isHeld = enrollment.state === "held" || enrollment.next_due_at === null;
    const schedule = isHeld
      ? release(program, heldOf(enrollment), situation, now)
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
  const ended = await exitEnrollments(trx, reached, { by: "data", reason: "goal" }, now);
  return first.size + second.size + ended.size;
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
  const { reason: _, ...waiting } = heldOf(enrollment);
  const current = { ...waiting, due: due.getTime(), expires: expires.getTime() };
  return rederiveOne(program, current, situation, cause, now);
}

/** A live enrollment's place, as far as a hold keeps it. */
export function heldOf(enrollment: WaitingEnrollment): Held {
  const { step_id: step, attempt, failed_channels: failedChannels, reason } = enrollment;
  return { step, base: enrollment.base_at.getTime(), attempt, failedChannels, reason };
}
