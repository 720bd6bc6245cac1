import type { Kysely } from "kysely";
import {
  afterFailure,
  afterSkip,
  scheduleFrom,
  zoneOf,
  type Failure,
  type Position,
  type Schedule,
} from "../../core/enrollment/index.ts";
import type { Channel, StepChannel } from "../../core/language/document.ts";
import { addDuration } from "../../core/time/index.ts";
import { listAttempts, type Attempt, type ReportedMessage } from "../../store/deliveries.ts";
import { failEnrollments } from "../../store/enrollments-control.ts";
import { moveEnrollments } from "../../store/enrollments-move.ts";
import type { Schema } from "../../store/schema.ts";
import { isPassing } from "../channels/meanings.ts";
import type { Engine } from "../engine.ts";
import { load, type Loaded } from "../operate.ts";
import type { DeliveryReport } from "./events.ts";

/**
 * Carries a step's `on_failure` out for a send that turned out to have failed: another attempt, or the next
 * channel, while the step after it is not due yet. An enrollment held because its send was unknown goes on
 * from there. What a chunk has in hand, or has ended, stays as it is.
 * @param message the message as it was before the report
 * @param now epoch ms
 */
export async function fallBack(
  trx: Kysely<Schema>,
  engine: Engine,
  message: ReportedMessage,
  report: DeliveryReport,
  now: number,
): Promise<void> {
  const loaded = await load(trx, engine, message.enrollment_id);
  const { channel } = message;
  if (loaded === null || loaded.enrollment.chunk_id !== null || channel === null) return;
  const { enrollment, program } = loaded;
  const attempts = await listAttempts(trx, enrollment.id);
  const wasOpen = isOpenAt(message, loaded);
  if (!wasOpen && !isLatest(message, attempts, loaded, now)) return;
  const position = positionOf(message, channel, attempts, loaded, now);
  if (position === null) return;

  const failure = failureOf(message, report);
  const next = afterFailure(program, position, failure, channel, now);
  const data = { message: message.id, code: report.code, by: "callback" };
  const move = (schedule: Schedule, event: "fell_back" | "settled") =>
    moveEnrollments(
      trx,
      [{ id: enrollment.id, fromStep: enrollment.step_id, schedule, data }],
      event,
      now,
    );

  switch (next.kind) {
    case "again": {
      const due = enrollment.next_due_at?.getTime() ?? Number.POSITIVE_INFINITY;
      const isTimely = next.position.due < position.expires;
      if (isTimely && (wasOpen || next.position.due < due)) {
        await move({ kind: "step", skipped: [], position: next.position }, "fell_back");
      } else if (wasOpen) {
        await move(afterSkip(program, message.step_id, now, loaded.situation), "settled");
      }
      break;
    }
    case "next":
      if (wasOpen)
        await move(afterSkip(program, message.step_id, now, loaded.situation), "settled");
      break;
    case "end": {
      const reason = report.code ?? "failed";
      await failEnrollments(trx, [enrollment.id], { by: "callback", reason }, now);
    }
  }
}

function failureOf({ is_template }: ReportedMessage, { means }: DeliveryReport): Failure {
  if (means === "outside_window" && !is_template) return { kind: "again" };
  return { kind: isPassing(means) ? "retry" : "permanent" };
}

/** Nobody knew whether it was sent, and the enrollment waits for the answer. */
function isOpenAt(message: ReportedMessage, { enrollment }: Loaded): boolean {
  const { step_id: step, attempt } = message;
  return (
    message.state === "unknown" && enrollment.step_id === step && enrollment.attempt === attempt
  );
}

/** It was the last to be sent, and the step after it is not due yet. */
function isLatest(
  message: ReportedMessage,
  attempts: readonly Attempt[],
  { enrollment, program }: Loaded,
  now: number,
): boolean {
  const isPassed = program.indexOf(enrollment.step_id) > program.indexOf(message.step_id);
  const due = enrollment.next_due_at;
  const later = attempts.slice(attempts.findIndex(({ id }) => id === message.id) + 1);
  return isPassed && (due === null || due.getTime() > now) && later.every(isSkipped);
}

function isSkipped({ state }: Attempt): boolean {
  return state === "skipped";
}

/** Where the enrollment stood when it sent this; null when the step has no time any more. */
function positionOf(
  { step_id: stepId, attempt, due_at }: ReportedMessage,
  channel: Channel,
  attempts: readonly Attempt[],
  { program, situation }: Loaded,
  now: number,
): Position | null {
  const index = program.indexOf(stepId);
  const step = program.steps[index]?.step;
  if (step === undefined) return null;
  const due = due_at.getTime();
  let expires = addDuration(
    due,
    step.expires_after,
    zoneOf(situation.workspace, situation.facts),
    situation.workspace.calendar,
  );
  if (step.wait.kind === "relative") {
    // A step before a date expires at that date, wherever it has moved.
    const timed = scheduleFrom(program, index, { base: due, now: due }, situation);
    if (timed.kind !== "step" || timed.position.step !== stepId) return null;
    expires = timed.position.expires;
  }
  const earlier = attempts.filter((one) => one.step_id === stepId && one.attempt < attempt);
  const failed = earlier.map((one): StepChannel => one.channel ?? step.channel);
  const failedChannels = [...new Set(failed)].filter((one) => one !== channel);
  return { step: stepId, base: due, due: now, expires, attempt, failedChannels };
}
