import {
  afterFailure,
  afterSend,
  afterSkip,
  type SendResult,
} from "../../core/enrollment/index.ts";
import type { Finish, SendOutcome } from "../../store/finish.ts";
import { UNKNOWN } from "../../store/finish.ts";
import { iso } from "../../store/placement.ts";
import { ending, finishOf, holdAt } from "./landing.ts";
import type { PlannedSend } from "./plan.ts";

/**
 * What a provider's answer makes of a message and of its enrollment.
 * @param messageId the message that was opened for this send
 * @param now epoch ms, when the answer came
 */
export function resultOf(
  send: PlannedSend,
  messageId: string,
  result: SendResult,
  now: number,
): Finish {
  const { position, program, situation, message } = send;
  const step = position.step;
  const told = { message: messageId, channel: message.channel, inbox: message.inbox };
  switch (result.kind) {
    case "sent":
      return finishOf(send, afterSend(program, step, now, now, situation), now, {
        outcome: {
          ...outcome(messageId, "sent"),
          provider_id: result.providerId,
          sent_at: iso(now),
        },
        events: [{ type: "sent", step, data: { ...told, reason: message.reason } }],
      });
    case "ambiguous":
      return ambiguous(send, messageId, result, now);
    case "snooze": {
      const next = afterFailure(program, position, result, message.channel, now);
      if (next.kind !== "again") throw new Error("a snooze costs no attempt");
      return finishOf(send, { kind: "step", skipped: [], position: next.position }, now, {
        outcome: {
          ...outcome(messageId, "pending"),
          error_code: result.code,
          error: result.message,
        },
        events: [
          {
            type: "snoozed",
            step,
            data: { ...told, code: result.code, until: iso(next.position.due) },
          },
        ],
      });
    }
    case "retry":
    case "permanent":
      return failed(send, messageId, result, now);
  }
}

function failed(
  send: PlannedSend,
  messageId: string,
  result: Extract<SendResult, { kind: "retry" | "permanent" }>,
  now: number,
): Finish {
  const { position, program, situation, message } = send;
  const { code } = result;
  const next = afterFailure(program, position, result, message.channel, now);
  const recorded = {
    outcome: { ...outcome(messageId, "failed"), error_code: code, error: result.message },
    events: [
      {
        type: next.kind === "again" ? "attempt_failed" : "step_failed",
        step: position.step,
        data: { message: messageId, channel: message.channel, inbox: message.inbox, code },
      },
    ],
  };
  if (next.kind === "end") {
    const end = ending(send, "failed", code, now);
    return { ...end, ...recorded, events: [...recorded.events, ...end.events] };
  }
  const schedule =
    next.kind === "again"
      ? ({ kind: "step", skipped: [], position: next.position } as const)
      : afterSkip(program, position.step, now, situation);
  return finishOf(send, schedule, now, recorded);
}

/** Held until somebody knows; or tried again, where the inbox says so, at the risk of a second copy. */
function ambiguous(
  send: PlannedSend,
  messageId: string,
  result: Extract<SendResult, { kind: "ambiguous" }>,
  now: number,
): Finish {
  const { position, situation, message } = send;
  const { step } = position;
  const resend = situation.workspace.inboxes.get(message.inbox)?.on_unknown === "resend";
  const data = { message: messageId, channel: message.channel, code: result.code, resend };
  const again = { ...position, attempt: position.attempt + 1, due: now + RESEND_PAUSE_MS };
  const schedule = resend
    ? ({ kind: "step", skipped: [], position: again } as const)
    : holdAt(position, UNKNOWN);
  return finishOf(send, schedule, now, {
    outcome: { ...outcome(messageId, "unknown"), error_code: result.code, error: result.message },
    events: [{ type: "unknown", step, data }],
  });
}

const RESEND_PAUSE_MS = 60_000;

function outcome(id: string, state: SendOutcome["state"]): SendOutcome {
  return { id, state, provider_id: null, error_code: null, error: null, sent_at: null };
}
