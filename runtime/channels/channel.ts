import type { OutgoingMessage, SendResult } from "../../core/enrollment/index.ts";
import type { Inbox } from "../../core/language/policy.ts";

/** A message with all that a provider needs besides its own credentials. */
export interface Delivery extends Omit<OutgoingMessage, "inbox"> {
  /** The message's id: the same on every attempt to send this very message. */
  readonly id: string;
  readonly enrollment: string;
  readonly sequence: string;
  readonly version: number;
  readonly step: string;
  readonly inbox: Inbox;
  /** Ids of the mails of the conversation it continues, the oldest first. */
  readonly thread: readonly string[];
  /** Where one unsubscribes from marketing with one click; null for what is no marketing. */
  readonly unsubscribe: string | null;
  /** When it was due, epoch ms. */
  readonly due: number;
  /** Epoch ms. */
  readonly now: number;
}

/** A message whose fate is unknown, as a provider could find it. */
export interface Sought {
  readonly channel: Delivery["channel"];
  readonly to: string;
  readonly text: string;
  /** Epoch ms: it was not sent earlier. */
  readonly since: number;
}

/**
 * A way out. `send` never throws for what a provider may answer: it names the consequence. It settles
 * soon after the signal fires, having stopped what can still be stopped.
 */
export interface Channel {
  send(delivery: Delivery, signal: AbortSignal): Promise<SendResult>;
  /**
   * Finds what may have been a message of which nobody knows whether it went out.
   * @returns the provider's ids; none proves nothing
   * @throws when the provider cannot be asked
   */
  lookUp?(sought: Sought, signal: AbortSignal): Promise<readonly string[]>;
  close?(): Promise<void>;
}

/** When the signal of a send fires; two in a row end well before a chunk expires. */
export const SEND_TIMEOUT_MS = 18_000;
/** What does not settle after the signal is left alone this much later. */
export const SEND_GRACE_MS = 2_000;

/** Nothing can be sent until somebody mends the inbox: its secrets, its login, its host. */
export function unusable(message: string): Extract<SendResult, { kind: "snooze" }> {
  return { kind: "snooze", code: "inbox_unusable", message, afterMs: MEND_MS };
}

const MEND_MS = 120_000;
