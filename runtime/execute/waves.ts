import type { Inbox } from "../../core/language/policy.ts";
import { loadThreads } from "../../store/chunk-load.ts";
import type { Finish, Moved } from "../../store/finish.ts";
import { newId } from "../../store/ids.ts";
import { haltScopes, type Intent } from "../../store/intents.ts";
import type { Delivery } from "../channels/channel.ts";
import { learnOptOuts, learnWindows } from "./consequences.ts";
import { startDeadline } from "./deadline.ts";
import { openWave } from "./open-wave.ts";
import { spaceOut } from "./pairs.ts";
import type { Execution, Run } from "./run.ts";
import { planAgain, postponed, type PlannedSend } from "./plan.ts";
import { resultOf } from "./result.ts";
import { finishSurely, together } from "./settled.ts";
import { purposesOf } from "./situation.ts";

/** What came of one inbox's sends. */
export interface Sent {
  readonly moved: Moved;
  /** The enrollments that the fence did not let through. */
  readonly refused: readonly string[];
}

/**
 * Sends one inbox's messages in waves no larger than its concurrency: what a crash leaves `unknown` is
 * at most one wave. Before each wave the signal and the time left are looked at, the inbox's rate says
 * how many may go, time is checked again, and the fence in SQL lets through only what may still be sent.
 */
export async function sendInWaves(
  execution: Execution,
  run: Run,
  inbox: Inbox,
  planned: readonly PlannedSend[],
): Promise<Sent> {
  const { sends, finishes: tooSoon } = await spaceOut(execution, inbox, planned);
  const moved = [await finishSurely(execution, run, tooSoon)];
  const refused: string[] = [];
  let next = 0;
  while (next < sends.length && !run.mustStop()) {
    const wanted = Math.min(inbox.concurrency, sends.length - next);
    const allowed = await execution.limits.take(inbox, wanted);
    if (allowed === 0) {
      moved.push(await postpone(execution, run, inbox, sends.slice(next)));
      break;
    }
    const { timely, finishes } = checkTime(sends.slice(next, next + allowed), inbox, execution);
    moved.push(await finishSurely(execution, run, finishes));
    const sent = await sendWave(execution, run, inbox, timely);
    moved.push(sent.moved);
    refused.push(...sent.refused);
    next += allowed;
  }
  return { moved: together(moved), refused };
}

/**
 * Those of a wave that may be sent at this moment, and where the others go. One that would go by another
 * inbox by now goes back with the rest of the chunk.
 */
function checkTime(wave: readonly PlannedSend[], inbox: Inbox, { clock }: Execution) {
  const timely: PlannedSend[] = [];
  const finishes: Finish[] = [];
  for (const send of wave) {
    const planned = planAgain(send, clock.now());
    if (planned.kind === "move") finishes.push(planned.finish);
    else if (planned.send.message.inbox === inbox.id) timely.push(planned.send);
  }
  return { timely, finishes };
}

/** Puts off what the inbox's rate does not allow now, each to a slot of its own. */
async function postpone(
  execution: Execution,
  run: Run,
  inbox: Inbox,
  sends: readonly PlannedSend[],
): Promise<Moved> {
  const now = execution.clock.now();
  const slots = await execution.limits.promise(inbox, sends.length);
  const finishes = sends.map((send, index) => postponed(send, slots[index] ?? now, now));
  return finishSurely(execution, run, finishes);
}

async function sendWave(
  execution: Execution,
  run: Run,
  inbox: Inbox,
  wave: readonly PlannedSend[],
): Promise<Sent> {
  const { db, clock, channels } = execution;
  const conversations = wave.flatMap(({ message }) =>
    message.channel === "email" && message.conversation !== null ? [message.conversation] : [],
  );
  const threads = await loadThreads(db, [...new Set(conversations)]);
  const { messages: opened, finishes: putOff } = await openWave(
    execution,
    run,
    inbox,
    wave,
    intentOf,
  );
  const late = new Set(putOff.map(({ enrollment_id }) => enrollment_id));
  const deadline = startDeadline();
  const answers = wave.map(async (send) => {
    const messageId = opened.get(send.row.id);
    if (messageId === undefined) return [];
    const thread = threads.get(send.message.conversation ?? "") ?? [];
    const delivery = deliveryOf(send, messageId, inbox, thread, clock.now());
    const result = await deadline.within(channels.send(delivery, deadline.signal));
    return [{ send, result, finish: resultOf(send, messageId, result, clock.now()) }];
  });
  const refused = wave.flatMap(({ row: { id } }) => (opened.has(id) || late.has(id) ? [] : [id]));
  const answered = (await Promise.all(answers).finally(deadline.end)).flat();
  await learnWindows(execution, answered);
  const finishes = [...putOff, ...answered.map(({ finish }) => finish)];
  const moved = await finishSurely(execution, run, finishes);
  await learnOptOuts(execution, answered);
  return { moved, refused };
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
    simple_html: message.simpleHtml ?? false,
    template: message.template,
    due_at: row.next_due_at,
    scopes: scopesOf(send),
    purposes: purposesOf(program),
  };
}

function deliveryOf(
  { row, message, program, situation }: PlannedSend,
  id: string,
  inbox: Inbox,
  thread: readonly string[],
  now: number,
): Delivery {
  const { id: enrollment, sequence_id: sequence, version, step_id: step } = row;
  const due = row.next_due_at;
  const isMarketing = program.sequence.purpose === "marketing";
  const unsubscribe = isMarketing ? situation.workspace.unsubscribeUrl(enrollment) : null;
  const told = { id, enrollment, sequence, version, step, inbox, thread, unsubscribe, due, now };
  return { ...message, ...told };
}
