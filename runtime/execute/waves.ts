import type { SendResult } from "../../core/enrollment/index.ts";
import type { Inbox } from "../../core/language/policy.ts";
import { loadThreads } from "../../store/chunk-load.ts";
import { finishWave, type Moved } from "../../store/finish.ts";
import { newId } from "../../store/ids.ts";
import { haltScopes, openIntents, type Intent } from "../../store/intents.ts";
import type { Delivery } from "../channels/channel.ts";
import { SEND_TIMEOUT_MS } from "../channels/channel.ts";
import type { Execution, Run } from "./execute.ts";
import type { PlannedSend } from "./plan.ts";
import { resultOf } from "./result.ts";
import { purposesOf } from "./situation.ts";

/**
 * Sends one inbox's messages in waves no larger than its concurrency: what a crash leaves `unknown` is
 * at most one wave. Before each wave the signal and the time left are looked at, and the fence in SQL
 * lets through only what may still be sent.
 * @returns the enrollments that moved, and whether their data changed while they were in hand
 */
export async function sendInWaves(
  execution: Execution,
  run: Run,
  inbox: Inbox,
  sends: readonly PlannedSend[],
): Promise<readonly Moved[]> {
  const finished: Moved[] = [];
  for (let start = 0; start < sends.length; start += inbox.concurrency) {
    if (run.mustStop()) break;
    const wave = sends.slice(start, start + inbox.concurrency);
    finished.push(...(await sendWave(execution, run, inbox, wave)));
  }
  return finished;
}

async function sendWave(
  { db, clock, channels }: Execution,
  run: Run,
  inbox: Inbox,
  wave: readonly PlannedSend[],
) {
  const conversations = wave.flatMap(({ message }) =>
    message.channel === "email" && message.conversation !== null ? [message.conversation] : [],
  );
  const threads = await loadThreads(db, [...new Set(conversations)]);
  const intents = wave.map((send) => intentOf(send, clock.now()));
  const opened = await openIntents(db, run, intents, clock.now());
  const sending = wave.flatMap((send) => {
    const messageId = opened.get(send.row.id);
    return messageId === undefined ? [] : [{ send, messageId }];
  });
  const finishes = await Promise.all(
    sending.map(async ({ send, messageId }) => {
      const thread = threads.get(send.message.conversation ?? "") ?? [];
      const delivery = deliveryOf(send, messageId, inbox, thread, clock.now());
      const result = await timely(channels.send(delivery));
      return resultOf(send, messageId, result, clock.now());
    }),
  );
  return finishWave(db, run, finishes, clock.now());
}

/** A provider that neither answers nor fails leaves it open whether it took the message. */
async function timely(sending: Promise<SendResult>): Promise<SendResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<SendResult>((resolve) => {
    const message = `no answer within ${SEND_TIMEOUT_MS / 1000} s`;
    timer = setTimeout(
      () => resolve({ kind: "ambiguous", code: "timeout", message }),
      SEND_TIMEOUT_MS,
    );
  });
  const failed = (error: unknown): SendResult => {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "ambiguous", code: "internal", message };
  };
  try {
    return await Promise.race([sending.catch(failed), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The halts that cover a planned send. */
export function scopesOf({ row, message }: PlannedSend): string[] {
  return haltScopes(row, message.inbox);
}

function intentOf(send: PlannedSend, now: number): Intent {
  const { row, message, program } = send;
  return {
    id: newId(now),
    enrollment_id: row.id,
    step_id: row.step_id,
    attempt: row.attempt,
    channel: message.channel,
    inbox_id: message.inbox,
    address: message.to,
    conversation_id: message.conversation,
    reason: message.reason,
    subject: message.subject,
    body: message.text,
    html: message.html,
    template: message.template,
    due_at: row.next_due_at.toISOString(),
    scopes: scopesOf(send),
    purposes: purposesOf(program),
  };
}

function deliveryOf(
  { row, message }: PlannedSend,
  id: string,
  inbox: Inbox,
  thread: readonly string[],
  now: number,
): Delivery {
  const { id: enrollment, sequence_id: sequence, version, step_id: step } = row;
  return { ...message, id, enrollment, sequence, version, step, inbox, thread, now };
}
