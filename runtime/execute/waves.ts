import type { Inbox } from "../../core/language/policy.ts";
import { loadThreads } from "../../store/chunk-load.ts";
import type { Finish, Moved } from "../../store/finish.ts";
import { newId } from "../../store/ids.ts";
import { haltScopes, type Intent } from "../../store/intents.ts";
import type { Delivery } from "../channels/channel.ts";
import { learnOptOuts, learnWindows, optOutsOf } from "./consequences.ts";
import { startDeadline } from "./deadline.ts";
import { Ledger } from "./ledger.ts";
import { openWave } from "./open-wave.ts";
import { spaceOut } from "./pairs.ts";
import type { Execution, Run } from "./run.ts";
import { planAgain, postponed, type PlannedSend } from "./plan.ts";
import { resultOf } from "./result.ts";
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
  const ledger = new Ledger(execution, run);
  ledger.note(tooSoon);
  const refused: string[] = [];
  let next = 0;
  try {
    while (next < sends.length && !run.mustStop()) {
      const wanted = Math.min(inbox.concurrency, sends.length - next);
      const allowed = await execution.limits.take(inbox, wanted);
      if (allowed === 0) {
        ledger.note(await postpone(execution, inbox, sends.slice(next)));
        break;
      }
      const { timely, finishes } = checkTime(sends.slice(next, next + allowed), inbox, execution);
      ledger.note(finishes);
      refused.push(...(await sendWave(execution, run, inbox, timely, ledger)));
      next += allowed;
    }
  } finally {
    // Whatever failed, the messages of the last wave are out.
    await ledger.settle();
  }
  return { moved: ledger.moved, refused };
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
  { clock, limits }: Execution,
  inbox: Inbox,
  sends: readonly PlannedSend[],
): Promise<Finish[]> {
  const now = clock.now();
  const slots = await limits.promise(inbox, sends.length);
  return sends.map((send, index) => postponed(send, slots[index] ?? now, now));
}

/** @returns the enrollments that the fence did not let through */
async function sendWave(
  execution: Execution,
  run: Run,
  inbox: Inbox,
  wave: readonly PlannedSend[],
  ledger: Ledger,
): Promise<readonly string[]> {
  if (wave.length === 0) return [];
  const { clock, channels } = execution;
  const threads = await threadsOf(execution, wave, ledger);
  const { messages: opened, finishes: putOff } = await openWave(
    execution,
    run,
    inbox,
    wave,
    ledger,
    intentOf,
  );
  ledger.note(putOff);
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
  const answered = (await Promise.all(answers).finally(deadline.end)).flat();
  ledger.note(answered.map(({ finish }) => finish));
  await learnWindows(execution, answered);
  const optOuts = optOutsOf(answered);
  if (optOuts.length > 0) {
    await ledger.settle();
    await learnOptOuts(execution, optOuts);
  }
  return wave.flatMap(({ row: { id } }) => (opened.has(id) || late.has(id) ? [] : [id]));
}

/** What the mails of a wave refer to; that of the wave before may be among it. */
async function threadsOf({ db }: Execution, wave: readonly PlannedSend[], ledger: Ledger) {
  const conversations = wave.flatMap(({ message }) =>
    message.channel === "email" && message.conversation !== null ? [message.conversation] : [],
  );
  if (conversations.length > 0) await ledger.settle();
  return loadThreads(db, [...new Set(conversations)]);
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
