import {
  afterFailure,
  afterSend,
  afterSkip,
  type Schedule,
  type SendResult,
} from "../../core/enrollment/index.ts";
import { UNKNOWN, type Finish, type SendOutcome } from "../../store/finish.ts";
import { held } from "./corrupt.ts";
import { ending, finishOf, holdAt } from "./landing.ts";
import type { PlannedSend } from "./plan.ts";

/** What became of a message, whatever becomes of its enrollment. */
type Recorded = Pick<Finish, "outcome">;

/**
 * What a provider's answer makes of a message and of its enrollment. The message's part never fails:
 * what is out is recorded, even where the next step cannot be worked out.
 * @param messageId the message that was opened for this send
 * @param now epoch ms, when the answer came
 */
export function resultOf(
  send: PlannedSend,
  messageId: string,
  result: SendResult,
  now: number,
): Finish {
  const recorded = { outcome: outcomeOf(send, messageId, result, now) };
  try {
    return landed(send, result, recorded, now);
  } catch (error) {
    return { ...held(send.row, error), ...recorded };
  }
}

function landed(send: PlannedSend, result: SendResult, recorded: Recorded, now: number): Finish {
  const { position, program, situation, message } = send;
  const { step } = position;
  switch (result.kind) {
    case "sent":
      return finishOf(send, afterSend(program, step, now, now, situation), now, recorded);
    case "ambiguous":
      return finishOf(send, afterAmbiguous(send, now), now, recorded);
    case "snooze":
    case "retry":
    case "permanent": {
      if (result.kind === "permanent" && result.means === "template") {
        const again = { ...position, attempt: position.attempt + 1 };
        return finishOf(send, holdAt(again, `template: ${result.message}`), now, recorded);
      }
      const failure = wasOutsideWindow(send, result) ? ({ kind: "again" } as const) : result;
      const next = afterFailure(program, position, failure, message.channel, now);
      if (next.kind === "again") {
        return finishOf(
          send,
          { kind: "step", skipped: [], position: next.position },
          now,
          recorded,
        );
      }
      const events = [{ type: "step_failed", step, data: { code: result.code } }];
      if (next.kind === "end") {
        return ending(send, "failed", result.code, now, { ...recorded, events });
      }
      const schedule = afterSkip(program, step, now, situation);
      return finishOf(send, schedule, now, { ...recorded, events });
    }
  }
}

/** A free text that its provider refused: the window is known to be closed from now on. */
export function wasOutsideWindow({ message }: PlannedSend, result: SendResult): boolean {
  return (
    result.kind === "permanent" && result.means === "outside_window" && message.template === null
  );
}

/** Held until somebody knows; or tried again, where the inbox says so, at the risk of a second copy. */
function afterAmbiguous(send: PlannedSend, now: number): Schedule {
  const { position } = send;
  if (!resends(send)) return holdAt(position, UNKNOWN);
  const again = { ...position, attempt: position.attempt + 1, due: now + RESEND_PAUSE_MS };
  return { kind: "step", skipped: [], position: again };
}

const RESEND_PAUSE_MS = 60_000;

function resends({ situation, message }: PlannedSend): boolean {
  return situation.workspace.inboxes.get(message.inbox)?.on_unknown === "resend";
}

function outcomeOf(send: PlannedSend, id: string, result: SendResult, now: number): SendOutcome {
  const told = toldOf(send, result);
  if (result.kind === "sent") {
    const { providerId: provider_id } = result;
    return { id, state: "sent", provider_id, error_code: null, error: null, sent_at: now, told };
  }
  const { code: error_code, message } = result;
  const error = message.slice(0, LONGEST_ERROR);
  const state = STATES[result.kind];
  return { id, state, provider_id: null, error_code, error, sent_at: null, told };
}

const LONGEST_ERROR = 1000;
const STATES = {
  ambiguous: "unknown",
  snooze: "pending",
  retry: "failed",
  permanent: "failed",
} as const;

function toldOf(send: PlannedSend, result: SendResult): SendOutcome["told"] {
  switch (result.kind) {
    case "ambiguous":
      return { type: "unknown", data: { code: result.code, resend: resends(send) } };
    case "retry":
    case "permanent":
      return { type: "attempt_failed", data: { code: result.code } };
    case "sent":
    case "snooze":
      // The one is told by the message itself. The other costs no attempt and is no event: an inbox may say so a
      // thousand times before it is mended.
      return null;
  }
}
