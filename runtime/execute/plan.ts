import {
  afterRefusal,
  afterSkip,
  decide,
  type Decision,
  type OutgoingMessage,
  type Position,
  type Program,
  type Workspace,
} from "../../core/enrollment/index.ts";
import type { ClaimedEnrollment } from "../../store/chunk-load.ts";
import type { Finish } from "../../store/finish.ts";
import { newId } from "../../store/ids.ts";
import { iso } from "../../store/placement.ts";
import type { Case } from "./case.ts";
import { ending, finishOf, holdAt, skippedOf } from "./landing.ts";
import { positionOf, situationOf } from "./situation.ts";

export interface PlannedSend extends Case {
  readonly message: OutgoingMessage;
  /** When it was decided that it may be sent; epoch ms. */
  readonly plannedAt: number;
}

export type Planned =
  | { readonly kind: "send"; readonly send: PlannedSend }
  | { readonly kind: "move"; readonly finish: Finish };

/**
 * Decides one claimed enrollment: a message to send, or where it goes without one.
 * @param now epoch ms
 */
export function planOne(
  row: ClaimedEnrollment,
  program: Program,
  workspace: Workspace,
  now: number,
): Planned {
  const one: Case = {
    row,
    program,
    situation: situationOf(row, program, workspace),
    position: positionOf(row),
  };
  const decision = decide(program, one.position, one.situation, now);
  if (decision.kind === "send")
    return { kind: "send", send: { ...one, message: decision.message, plannedAt: now } };
  return { kind: "move", finish: moveOf(one, decision, now) };
}

/** What a decision is good for: no send is further outside its hours, or later than its expiry, than this. */
const GOOD_FOR_MS = 1000;

/**
 * Decides again what was decided a while ago: the hours may have ended since, or the step expired.
 * @param now epoch ms
 */
export function planAgain(send: PlannedSend, now: number): Planned {
  if (now - send.plannedAt < GOOD_FOR_MS) return { kind: "send", send };
  return planOne(send.row, send.program, send.situation.workspace, now);
}

/** A message that its inbox's rate does not allow now. */
export function postponed(send: PlannedSend, until: number, now: number): Finish {
  const position = { ...send.position, due: until };
  return finishOf(send, { kind: "step", skipped: [], position }, now, {});
}

/** The step stands until its draft is there, or it expires. */
function awaitDraft(one: Case, message: OutgoingMessage, now: number): Finish {
  const { position, program } = one;
  const { compose } = program.steps[program.indexOf(position.step)]!.step;
  const schedule = {
    kind: "step",
    skipped: [],
    position: { ...position, due: position.expires },
  } as const;
  const draft = {
    id: newId(now),
    step_id: position.step,
    attempt: position.attempt,
    compose: compose === "ai_full" ? "ai_full" : "ai_assisted",
    channel: message.channel,
    inbox_id: message.inbox,
    address: message.to,
    static_subject: message.subject,
    static_body: message.text,
    due_at: iso(position.due),
    expires_at: iso(position.expires),
  } as const;
  return { ...finishOf(one, schedule, now, {}), draft };
}

function moveOf(one: Case, decision: Exclude<Decision, { kind: "send" }>, now: number): Finish {
  const { position, program, situation } = one;
  switch (decision.kind) {
    case "draft":
      return awaitDraft(one, decision.message, now);
    case "wait": {
      const schedule = { kind: "step", skipped: [], position: decision.position } as const;
      // Another process's clock may be ahead of this one's: what merely waits on has no history.
      const isMoved = decision.position.due !== position.due;
      const events = isMoved ? [event(one, "rescheduled", decision.position)] : [];
      return finishOf(one, schedule, now, { events });
    }
    case "skip": {
      const schedule = afterSkip(program, position.step, now, situation);
      const { reason } = decision;
      return finishOf(one, schedule, now, {
        unsent: [skippedOf(one, reason, now)],
        events: [{ type: "skipped", step: position.step, data: { reason } }],
      });
    }
    case "exit":
      return ending(one, "exited", decision.reason, now);
    case "hold":
      return finishOf(one, holdAt(position, decision.reason), now, {});
    case "fail":
      return failed(one, decision, now);
  }
}

/** No channel could take the step: nothing was tried at a provider. */
function failed(one: Case, decision: Extract<Decision, { kind: "fail" }>, now: number): Finish {
  const { position, program, situation } = one;
  const next = afterRefusal(program, position, now);
  const { code, message } = decision;
  const unsent = {
    id: newId(now),
    step: position.step,
    attempt: position.attempt,
    state: "failed",
    reason: message,
    channel: null,
    error_code: code,
  } as const;
  const type = next.kind === "again" ? "attempt_failed" : "step_failed";
  const events = [{ type, step: position.step, data: { code, message } }];
  const recorded = { unsent: [unsent], events };
  if (next.kind === "end") return ending(one, "failed", code, now, recorded);
  const schedule =
    next.kind === "again"
      ? ({ kind: "step", skipped: [], position: next.position } as const)
      : afterSkip(program, position.step, now, situation);
  return finishOf(one, schedule, now, recorded);
}

function event(one: Case, type: string, position: Position) {
  return { type, step: one.position.step, data: { due_at: new Date(position.due).toISOString() } };
}
