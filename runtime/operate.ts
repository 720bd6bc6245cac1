import type { Kysely } from "kysely";
import {
  afterSend,
  afterSkip,
  retryHeld,
  type Schedule,
  type Situation,
} from "../core/enrollment/index.ts";
import type { Program } from "../core/enrollment/index.ts";
import {
  exitEnrollments,
  pauseEnrollments,
  reopenFailed,
  resumeEnrollments,
} from "../store/enrollments-control.ts";
import { moveEnrollments, type MoveEvent } from "../store/enrollments-move.ts";
import { lockWaiting, type WaitingEnrollment } from "../store/enrollments-waiting.ts";
import { listUnknown, lockMessage, settleUnknown, tellSettled } from "../store/messages-settle.ts";
import type { Schema } from "../store/schema.ts";
import type { Engine } from "./engine.ts";
import type { ActionResult } from "./http/ports.ts";
import type { ProblemName } from "./http/problem.ts";
import { loadFacts } from "./load-facts.ts";
import { heldOf } from "./rederive.ts";

const DONE: ActionResult = { done: true };

/** @param now epoch ms, here as below */
export async function pause(
  db: Kysely<Schema>,
  id: string,
  by: string,
  now: number,
): Promise<ActionResult> {
  const paused = await pauseEnrollments(db, [id], { by }, now);
  return paused.has(id) ? DONE : refuseState(db, id, "Only an active enrollment can be paused");
}

export async function resume(
  db: Kysely<Schema>,
  id: string,
  by: string,
  now: number,
): Promise<ActionResult> {
  const resumed = await resumeEnrollments(db, [id], { by }, now);
  return resumed.has(id) ? DONE : refuseState(db, id, "Only a paused enrollment can be resumed");
}

export async function exit(
  db: Kysely<Schema>,
  id: string,
  by: string,
  reason: string,
  now: number,
): Promise<ActionResult> {
  const exited = await exitEnrollments(db, [id], { by, reason }, now);
  return exited.has(id) ? DONE : refuseState(db, id, "Only a live enrollment can be exited");
}

/** Tries the step again that an enrollment is held at, or has failed at. */
export async function retry(
  trx: Kysely<Schema>,
  engine: Engine,
  id: string,
  by: string,
  now: number,
): Promise<ActionResult> {
  await reopenFailed(trx, id, now);
  return move(trx, engine, id, by, "released", now, ({ program, enrollment, situation }) =>
    enrollment.state === "held" ? retryHeld(program, heldOf(enrollment), situation, now) : null,
  );
}

/** Passes the next step over; the one after it counts from now. */
export async function skip(
  trx: Kysely<Schema>,
  engine: Engine,
  id: string,
  by: string,
  now: number,
): Promise<ActionResult> {
  return move(trx, engine, id, by, "skipped", now, ({ program, enrollment, situation }) =>
    afterSkip(program, enrollment.step_id, now, situation),
  );
}

/** Says what became of a message whose fate is unknown, and lets its enrollment go on from there. */
export async function settle(
  trx: Kysely<Schema>,
  engine: Engine,
  id: string,
  as: "sent" | "not_sent",
  by: string,
  now: number,
): Promise<ActionResult> {
  const message = await lockMessage(trx, id);
  if (message === null) return refuse("not-found", `There is no message ${id}`);
  if (message.state !== "unknown") {
    return refuse(
      "wrong-state",
      `Message ${id} is ${message.state}; only an unknown one is settled`,
    );
  }
  const sentAt = message.updated_at.getTime();
  await settleUnknown(trx, id, as, sentAt, now);
  const data = { message: id, as, by };
  const found = await load(trx, engine, message.enrollment_id);
  const isWaiting = found !== null && found.enrollment.step_id === message.step_id;
  if (isWaiting) {
    const { program, enrollment, situation } = found;
    const schedule =
      as === "sent"
        ? afterSend(program, message.step_id, sentAt, now, situation)
        : retryHeld(program, heldOf(withAttempt(enrollment, message.attempt + 1)), situation, now);
    const fromStep = message.step_id;
    const moves = [{ id: enrollment.id, fromStep, schedule, data }];
    if ((await moveEnrollments(trx, moves, "settled", now)).size > 0) return DONE;
  }
  await tellSettled(trx, message, data, now);
  return DONE;
}

function withAttempt(enrollment: WaitingEnrollment, attempt: number): WaitingEnrollment {
  return { ...enrollment, attempt: Math.max(enrollment.attempt, attempt) };
}

/** A live enrollment with what its schedule depends on. */
export interface Loaded {
  readonly enrollment: WaitingEnrollment;
  readonly program: Program;
  readonly situation: Pick<Situation, "workspace" | "facts">;
}

/** Locks and loads a live enrollment that has a step left; null when there is none. */
export async function load(
  trx: Kysely<Schema>,
  engine: Engine,
  id: string,
): Promise<Loaded | null> {
  const [enrollment] = await lockWaiting(trx, { ids: [id] });
  if (enrollment === undefined) return null;
  const workspace = await engine.workspace(trx);
  const facts = await loadFacts(trx, [enrollment], workspace.policy);
  const program = await engine.program(trx, enrollment.sequence_id, enrollment.version);
  return { enrollment, program, situation: { workspace, facts: facts.get(id)! } };
}

async function move(
  trx: Kysely<Schema>,
  engine: Engine,
  id: string,
  by: string,
  event: MoveEvent,
  now: number,
  schedule: (loaded: Loaded) => Schedule | null,
): Promise<ActionResult> {
  const loaded = await load(trx, engine, id);
  if (loaded === null) return refuseState(trx, id, "It has no step left");
  const [unknown] = await listUnknown(trx, id);
  if (unknown !== undefined) {
    const detail = `Message ${unknown} may have been sent: settle it first (POST /v1/messages/${unknown}/settle)`;
    return refuse("wrong-state", detail);
  }
  const next = schedule(loaded);
  if (next === null)
    return refuseState(trx, id, "Only a held or a failed enrollment can be retried");
  const { step_id: fromStep } = loaded.enrollment;
  const moved = await moveEnrollments(
    trx,
    [{ id, fromStep, schedule: next, data: { by } }],
    event,
    now,
  );
  return moved.has(id)
    ? DONE
    : refuse("wrong-state", `Enrollment ${id} is being sent at this moment; try again`);
}

/** Why nothing changed: there is no such enrollment, or it is in another state. */
async function refuseState(db: Kysely<Schema>, id: string, rule: string): Promise<ActionResult> {
  const row = await db
    .selectFrom("enrollments")
    .select("state")
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined) return refuse("not-found", `There is no enrollment ${id}`);
  return refuse("wrong-state", `${rule}; enrollment ${id} is ${row.state}`);
}

function refuse(problem: ProblemName, detail: string): ActionResult {
  return { refused: { problem, detail } };
}
