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
  /** Epoch ms. */
  readonly now: number;
}

/**
 * A way out. `send` never throws for what a provider may answer: it names the consequence. It must
 * settle within its own time limit, which is well below a chunk's expiry.
 */
export interface Channel {
  send(delivery: Delivery): Promise<SendResult>;
  close?(): Promise<void>;
}

/** The longest that one send may take. */
export const SEND_TIMEOUT_MS = 20_000;
