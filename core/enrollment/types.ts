import type { Facts } from "../facts.ts";
import type { Attachment, Button, Channel, StepChannel } from "../language/document.ts";
import type { Inbox, Policy } from "../language/policy.ts";
import type { Calendar } from "../time/index.ts";

/** What is known about reaching one contact, at one moment. */
export interface Reach {
  readonly email: string | null;
  readonly phone: string | null;
  /** Channels whose address is suppressed for this sequence's purpose. */
  readonly suppressed: readonly Channel[];
  /** When the contact last wrote to an inbox: what opens WhatsApp's window. Epoch ms by inbox id. */
  readonly lastInbound: { readonly [inboxId: string]: number };
  /** The target's conversation (or the target itself), whatever its status. */
  readonly conversation: Conversation | null;
  /** The contact's latest open conversation. */
  readonly latestOpen: Conversation | null;
}

export interface Conversation {
  readonly id: string;
  readonly inbox: string;
  readonly open: boolean;
  readonly subject: string | null;
}

/** The workspace as it is now: live, never pinned. */
export interface Workspace {
  readonly policy: Policy;
  readonly calendar: Calendar;
  readonly inboxes: ReadonlyMap<string, Inbox>;
  /** The person's own page to opt out of what an enrollment sends them. */
  unsubscribeUrl(enrollmentId: string): string;
}

/** Where an enrollment stands: the step that comes next and how far its attempts have got. */
export interface Position {
  readonly step: string;
  /** The instant that the step's wait counts from. Epoch ms, like all instants here. */
  readonly base: number;
  readonly due: number;
  readonly expires: number;
  /** The attempt that the next send will be; counts from 1. */
  readonly attempt: number;
  /** What has certainly failed at this step: channels, or the step's own way of choosing one. */
  readonly failedChannels: readonly StepChannel[];
}

/** Everything that a decision about one enrollment rests on. */
export interface Situation {
  readonly workspace: Workspace;
  readonly facts: Facts;
  readonly reach: Reach;
  /**
   * What a model or a person has written for the step; null: nothing yet. Absent where nobody writes,
   * as in previews: there the static text is shown.
   */
  readonly draft?: Draft | null;
}

/** A text that stands in for a step's static one on one channel. */
export interface Draft {
  readonly channel: Channel;
  /** Null: the static subject. */
  readonly subject: string | null;
  /** Null: the static text. */
  readonly body: string | null;
}

export interface SkippedStep {
  readonly step: string;
  readonly reason: SkipReason;
}

/**
 * - `past`: its time lay before its scheduling
 * - `expired`: it could not be sent before its expiry
 * - `condition`: its `if` was false
 * - `blank`: a variable was blank and the workspace says `skip`
 */
export type SkipReason = "past" | "expired" | "condition" | "blank";

/** What comes next: steps passed over on the way, then the next step, the end, or a stop. */
export type Schedule = { readonly skipped: readonly SkippedStep[] } & (
  | { readonly kind: "step"; readonly position: Position }
  | { readonly kind: "end" }
  /** `step` waits for a date that is blank, or its rules leave no instant within a year. */
  | {
      readonly kind: "hold";
      readonly step: string;
      readonly base: number;
      readonly reason: string;
      readonly attempt: number;
      readonly failedChannels: readonly StepChannel[];
    }
);

export interface OutgoingTemplate {
  readonly id: string;
  readonly name?: string;
  readonly content_sid?: string;
  readonly language: string;
  readonly parameters: readonly string[] | { readonly [name: string]: string };
}

/** A message as it will be sent. */
export interface OutgoingMessage {
  readonly channel: Channel;
  readonly inbox: string;
  readonly to: string;
  /** The conversation it continues, if any. */
  readonly conversation: string | null;
  /** Why this channel: shown in previews, in the history and in the console. */
  readonly reason: string;
  readonly subject: string | null;
  readonly text: string;
  readonly html: string | null;
  /** The HTML is what `htmlOf` makes of the text, no more. */
  readonly simpleHtml?: true;
  readonly template: OutgoingTemplate | null;
  /**
   * What the channel shows by its own means beside the text: WhatsApp's buttons. A channel (or a
   * provider) that has none finds them in `text` and `html` instead, and none here.
   */
  readonly buttons: readonly Button[];
  /** Files that the channel shows by its own means; otherwise links in `text` and `html`, by mail as well. */
  readonly attachments: readonly Attachment[];
}

/** What to do with an enrollment whose step is due. */
export type Decision =
  | { readonly kind: "send"; readonly message: OutgoingMessage }
  /** A model is to write it first; `message` is what the static text would say. */
  | { readonly kind: "draft"; readonly message: OutgoingMessage }
  /** Not now: sending hours, or a date that moved. */
  | { readonly kind: "wait"; readonly position: Position }
  | { readonly kind: "skip"; readonly reason: SkipReason }
  | { readonly kind: "exit"; readonly reason: "goal" | "opted_out" | "no_consent" }
  | { readonly kind: "hold"; readonly reason: string }
  /** The step cannot be sent by any of its channels; nothing was tried at a provider. */
  | { readonly kind: "fail"; readonly code: FailureCode; readonly message: string };

export type FailureCode =
  | "no_address"
  | "no_inbox"
  | "no_conversation"
  | "outside_window"
  | "no_content"
  | "blank"
  | "too_big"
  /** A link of a rich message leads nowhere, or is of a kind that is not sent. */
  | "bad_link"
  | "rejected";

/**
 * What a provider's refusal says beyond the message:
 * - `opted_out`, `opted_out_of_marketing`: the person wants no more from this business
 * - `outside_window`: WhatsApp's window is closed, whatever is known here
 * - `template`: the approved template is missing, paused or wrong: somebody must mend it
 */
export type Refusal = "opted_out" | "opted_out_of_marketing" | "outside_window" | "template";

/**
 * A provider's answer, named by its consequence:
 * - `sent`
 * - `retry`: certainly not sent, worth another attempt
 * - `snooze`: certainly not sent, not our turn yet; costs no attempt
 * - `permanent`: certainly not sent, and another attempt would fail alike, unless `means` says more
 * - `ambiguous`: it may or may not have been sent
 */
export type SendResult =
  | { readonly kind: "sent"; readonly providerId: string | null }
  | {
      readonly kind: "retry";
      readonly code: string;
      readonly message: string;
      readonly afterMs?: number;
    }
  | {
      readonly kind: "snooze";
      readonly code: string;
      readonly message: string;
      readonly afterMs: number;
    }
  | {
      readonly kind: "permanent";
      readonly code: string;
      readonly message: string;
      readonly means?: Refusal;
    }
  | { readonly kind: "ambiguous"; readonly code: string; readonly message: string };
