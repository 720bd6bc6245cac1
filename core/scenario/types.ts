import type { OutgoingMessage } from "../enrollment/index.ts";

/** What happened to an enrollment or to its contact, in a scenario. */
export type EventKind =
  | "sent"
  | "skipped"
  | "held"
  | "released"
  | "rescheduled"
  | "attempt_failed"
  | "step_failed"
  | "completed"
  | "exited"
  | "failed"
  | "stopped"
  | "reply"
  | "opt_out"
  | "resolve"
  | "set";

export interface CourseEvent {
  /** Epoch ms. */
  readonly at: number;
  readonly kind: EventKind;
  readonly step: string | null;
  /** Why; for what is given, what. */
  readonly detail: string | null;
  /** What was sent. */
  readonly message: OutgoingMessage | null;
}

export interface SentMessage {
  readonly step: string;
  /** Epoch ms. */
  readonly at: number;
  readonly message: OutgoingMessage;
}

export type EndState = "active" | "held" | "completed" | "exited" | "failed";

/** What comes of a scenario. Instants are epoch ms. */
export interface Course {
  readonly start: number;
  /** The zone of the enrollment when it began: times in expectations are meant in it. */
  readonly zone: string;
  readonly events: readonly CourseEvent[];
  readonly messages: readonly SentMessage[];
  readonly state: EndState;
  readonly reason: string | null;
}
