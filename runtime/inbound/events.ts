import { createHash } from "node:crypto";
import type { Meaning } from "../channels/meanings.ts";

/** A file that came with a message; it stays at the provider. */
export interface InboundMedia {
  readonly type: string;
  readonly name?: string;
  readonly url?: string;
  /** The provider's id of it. */
  readonly id?: string;
}

/** Somebody wrote to an inbox. */
export interface InboundMessage {
  readonly kind: "message";
  /** What makes it the same event when it is delivered again. */
  readonly key: string;
  readonly providerId: string;
  /** When it was written as the provider says, epoch ms; null: it does not say. */
  readonly at: number | null;
  /** E.164, or an e-mail address in lower case; null where the provider hides it. */
  readonly address: string | null;
  /** WhatsApp's id of the person, which holds for this business alone. */
  readonly userId: string | null;
  /** Only what a person wrote is a reply. */
  readonly nature: "human" | "reaction" | "automatic";
  /** The provider's word for its form, such as `text` or `image`. */
  readonly type: string;
  readonly text: string | null;
  readonly subject: string | null;
  readonly media: readonly InboundMedia[];
  /** Our messages that it answers, by our ids, the last one first. */
  readonly answers: readonly string[];
  /** Our message that it answers, by the provider's id. */
  readonly answersProviderId: string | null;
  readonly keyword: "stop" | "start" | null;
}

/** What became of a message of ours, as far as it got. */
export type DeliveryState = "sent" | "delivered" | "read" | "failed";

/** A provider reports on a message of ours. */
export interface DeliveryReport {
  readonly kind: "delivery";
  readonly key: string;
  readonly state: DeliveryState;
  readonly providerId: string | null;
  /** Our own id, where the provider echoes it. */
  readonly messageId: string | null;
  readonly at: number | null;
  readonly code: string | null;
  readonly message: string | null;
  /** What a failure means beyond this message. */
  readonly means: Meaning | null;
  /** WhatsApp's id of the person. */
  readonly userId: string | null;
}

/** Somebody chose at the provider, without writing. */
export interface Preference {
  readonly kind: "preference";
  readonly key: string;
  readonly address: string;
  readonly wants: "stop" | "start";
  readonly purpose: "marketing" | "all";
}

export type InboundEvent = InboundMessage | DeliveryReport | Preference;

const LONGEST_KEY = 300;

/** The key of an event, by what identifies it. A sender chooses its ids, and so how long they are. */
export function keyOf(...parts: readonly string[]): string {
  const key = parts.join(" ");
  if (key.length <= LONGEST_KEY) return key;
  return `${parts[0]} sha256:${createHash("sha256").update(key).digest("hex")}`;
}

const LONGEST_TEXT = 20_000;

/** Text as it is kept: bounded, and null when it says nothing. */
export function keptText(text: unknown): string | null {
  if (typeof text !== "string" || text.trim() === "") return null;
  return text.slice(0, LONGEST_TEXT);
}
