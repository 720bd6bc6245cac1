import type { OutgoingMessage, Position } from "../../core/enrollment/index.ts";
import type { Channel, StepChannel } from "../../core/language/document.ts";
import type { SendHours } from "../../core/language/policy.ts";
import type { Action, Answer } from "./scenario.ts";

/** What the world would see, in order. */
export type Entry =
  | {
      readonly kind: "sent" | "refused";
      readonly at: number;
      readonly position: Position;
      readonly message: OutgoingMessage;
      readonly edition: number;
      readonly hours: SendHours | null;
      readonly date: string | null;
      readonly suppressed: readonly Channel[];
      readonly isStopped: boolean;
    }
  | { readonly kind: "passed"; readonly step: string; readonly reason: string };

/** An enrollment between two things that happen to it: plain data, as a database would keep it. */
export interface State {
  readonly life: "waiting" | "held" | "completed" | "exited" | "failed";
  readonly paused: boolean;
  readonly position: Position | null;
  readonly reason: string | null;
  readonly edition: number;
  readonly now: number;
  readonly hours: SendHours | null;
  readonly date: string | null;
  readonly suppressed: readonly Channel[];
  readonly calls: number;
}

/** What happened, as a history would keep it: what came from outside, and what was decided. */
export type Happening =
  | Action
  | { readonly kind: "waits"; readonly position: Position }
  | { readonly kind: "skips" | "exits" | "holds"; readonly reason: string }
  | { readonly kind: "answered"; readonly answer: Answer; readonly channel: StepChannel }
  | { readonly kind: "unsendable" }
  | { readonly kind: "asked_again" };

export interface Life {
  readonly entries: readonly Entry[];
  readonly history: readonly Happening[];
  readonly state: State;
}
