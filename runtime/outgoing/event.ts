import type { HistoryFact } from "../../store/outgoing.ts";

/** What is told to the outside, by the history's own word for it. */
const TYPES: { readonly [type: string]: string } = {
  enrolled: "enrollment.started",
  paused: "enrollment.paused",
  resumed: "enrollment.resumed",
  held: "enrollment.held",
  released: "enrollment.released",
  rescheduled: "enrollment.rescheduled",
  migrated: "enrollment.migrated",
  replied: "enrollment.replied",
  completed: "enrollment.completed",
  exited: "enrollment.exited",
  failed: "enrollment.failed",
  skipped: "step.skipped",
  step_failed: "step.failed",
  sent: "message.sent",
  delivered: "message.delivered",
  read: "message.read",
  delivery_failed: "message.failed",
  unknown: "message.unknown",
  settled: "message.settled",
  drafted: "approval.requested",
  approved: "approval.approved",
  discarded: "approval.discarded",
};

export const EVENT_TYPES: readonly string[] = Object.values(TYPES);

/** What may hold the words or the address of a person stays here. */
const PRIVATE = new Set(["error", "text", "subject", "address", "problem"]);

/** An event as it is posted: Standard Webhooks' `type`, `timestamp` and `data`; ids, never a word that was written. */
interface EventBody {
  readonly type: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly data: {
    readonly enrollment_id: string;
    readonly sequence: string;
    readonly version: number;
    readonly target: { readonly type: string; readonly id: string };
    readonly contact_id: string;
    readonly step: string | null;
    readonly details: { readonly [key: string]: unknown };
  };
}

/** The event that a fact of the history is; null for what concerns nobody outside. */
export function eventOf(fact: HistoryFact): EventBody | null {
  const type = Object.hasOwn(TYPES, fact.type) ? TYPES[fact.type] : undefined;
  if (type === undefined) return null;
  const { enrollment_id, sequence, version, contact_id, step } = fact;
  const details = Object.fromEntries(
    Object.entries(fact.data).filter(([key]) => !PRIVATE.has(key)),
  );
  const target = { type: fact.target_type, id: fact.target_id };
  const data = { enrollment_id, sequence, version, target, contact_id, step, details };
  return { type, timestamp: fact.at.toISOString(), data };
}
