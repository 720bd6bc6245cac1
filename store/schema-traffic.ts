import type { ColumnType, Generated, JSONColumnType } from "kysely";
import type { Channel, TargetType } from "../core/language/document.ts";
import type { Instant, Json, MaybeInstant } from "./columns.ts";

/** A webhook's event, kept until it is applied; its key longer, so that it counts once. */
export interface InboundEventTable {
  id: string;
  inbox_id: string;
  key: string;
  /** Null once it is applied: what is worth keeping is elsewhere by then. */
  event: ColumnType<object | null, string | null, string | null>;
  received_at: Instant;
  /** When it is to be applied; null once it is. */
  next_at: MaybeInstant;
  attempts: Generated<number>;
  outcome: string | null;
}

/** A message that somebody wrote to an inbox. */
export interface InboundMessageTable {
  id: string;
  inbox_id: string;
  channel: Channel;
  /** Null: nobody known. */
  contact_id: string | null;
  conversation_id: string | null;
  /** As it is compared: an e-mail address in lower case, a phone number in E.164. */
  address: string | null;
  /** WhatsApp's id of the person, which holds for this business alone. */
  user_id: string | null;
  nature: "human" | "reaction" | "automatic";
  type: string;
  subject: string | null;
  body: string | null;
  media: JSONColumnType<readonly object[], string, string>;
  keyword: "stop" | "start" | null;
  provider_id: string;
  /** The message of ours that it refers to. */
  answers: string | null;
  sent_at: Instant;
  received_at: Instant;
}

/** Whose a business-scoped id of WhatsApp's is. */
export interface WhatsAppUserTable {
  inbox_id: string;
  user_id: string;
  contact_id: string;
  seen_at: Instant;
}

export interface EventTable {
  id: string;
  type: string;
  target_type: TargetType;
  target_id: string;
  occurred_at: Instant;
  received_at: Instant;
  digest: string;
  outcome: Json<{ readonly enrolled: readonly string[]; readonly exited: number }>;
}

/** A text that a model is to write, or has written, for one step of an enrollment. */
export interface DraftTable {
  id: string;
  enrollment_id: string;
  step_id: string;
  attempt: number;
  /**
   * `wanted`: to be written; `awaiting`: a person decides; `ready`: to be sent; `discarded`; `dropped`: its
   * enrollment has moved on.
   */
  state: "wanted" | "awaiting" | "ready" | "discarded" | "dropped";
  compose: "ai_assisted" | "ai_full";
  channel: Channel;
  inbox_id: string;
  address: string;
  static_subject: string | null;
  static_body: string;
  subject: string | null;
  /** Null: the static text. */
  body: string | null;
  /** Why it is the static text though a model was asked. */
  problem: string | null;
  prompt: ColumnType<object | null, string | null, string | null>;
  model: string | null;
  prompt_tokens: Generated<number>;
  completion_tokens: Generated<number>;
  cost: Generated<number>;
  due_at: Instant;
  expires_at: Instant;
  created_at: Instant;
  lease_until: MaybeInstant;
  tries: Generated<number>;
  /** When the people responsible were told. */
  notified_at: MaybeInstant;
  decided_at: MaybeInstant;
  decided_by: string | null;
  edited: Generated<boolean>;
}

/** How far the history has been told to the outside. */
export interface OutgoingCursorTable {
  id: Generated<number>;
  taken: ColumnType<string, string, string>;
  horizon: ColumnType<string, string, string>;
  seen_at: Instant;
  /** The first transaction that cannot have drawn a number up to the horizon named beside it. */
  fence: ColumnType<string | null, never, string | null>;
  fence_of: ColumnType<string | null, never, string | null>;
}

/** Messages sent together that are yet to be told to the outside, under the first of their numbers in the history. */
export interface OutgoingSentTable {
  id: ColumnType<string, string, never>;
  messages: string[];
}

/** An event for the subscriber, until it is taken. */
export interface OutgoingEventTable {
  /** The number of the line of history that it is made of. */
  id: ColumnType<string, string, never>;
  type: string;
  body: string;
  created_at: Instant;
  /** Null: given up. */
  next_at: MaybeInstant;
  attempts: Generated<number>;
  error: string | null;
  failed_at: MaybeInstant;
}

/** What a dispatcher claimed together, until all of it has been carried on or given back. */
export interface ChunkTable {
  id: string;
  enrollments: string[];
  size: number;
  /** How often it has been begun: a second time when its worker was lost. */
  runs: Generated<number>;
}

/** What an inbox with a rate has sent lately, a row a wave. */
export interface InboxSendTable {
  inbox_id: string;
  at: Instant;
  messages: number;
}
