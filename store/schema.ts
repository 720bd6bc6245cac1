import type { ColumnType, Generated, JSONColumnType } from "kysely";
import type { EntityData } from "../core/facts.ts";
import type { Diagnostic } from "../core/language/diagnostic.ts";
import type {
  AttributeDeclaration,
  CanonicalDocument,
  Channel,
  StepChannel,
  TargetType,
} from "../core/language/document.ts";
import type { Inbox, Policy } from "../core/language/policy.ts";

/** Instants go in as `Date` or ISO text from the caller's clock and come out as `Date`. */
export type Instant = ColumnType<Date, Date | string, Date | string>;
type MaybeInstant = ColumnType<Date | null, Date | string | null, Date | string | null>;
type Json<T extends object> = JSONColumnType<T, string, string>;

export type EnrollmentState = "active" | "paused" | "held" | "completed" | "exited" | "failed";
export type MessageState =
  | "pending"
  | "awaiting_approval"
  | "sending"
  | "sent"
  | "delivered"
  | "read"
  | "failed"
  | "skipped"
  | "unknown";
export type Role = "viewer" | "enroller" | "approver" | "operator";
export type ReconciliationOutcome = "applied" | "unchanged" | "failed" | "stalled";

export interface WorkspacePolicyTable {
  id: Generated<number>;
  policy: Json<Policy>;
  /** Bumped whenever the policy or an inbox changed. */
  revision: ColumnType<string, number | string, number | string>;
  /** The revision up to which waiting enrollments have been re-derived. */
  rederived_revision: ColumnType<string, number | string | undefined, number | string>;
  commit_sha: string;
  changed_at: Instant;
}

export interface InboxTable {
  id: string;
  inbox: Json<Inbox>;
  /** Set when the file is gone; versions that name it can then no longer send. */
  removed_at: MaybeInstant;
}

export interface CustomAttributeTable {
  entity: TargetType;
  key: string;
  type: AttributeDeclaration["type"];
  options: ColumnType<string[] | null, string | null, string | null>;
  description: string | null;
  commit_sha: string;
  created_at: Instant;
}

export interface SequenceTable {
  id: string;
  name: string;
  state: "active" | "retired";
  active_version: number;
  updated_at: Instant;
}

export interface SequenceVersionTable {
  sequence_id: string;
  version: number;
  digest: string;
  format: number;
  document: Json<CanonicalDocument>;
  source: string;
  path: string;
  commit_sha: string;
  author: string;
  committed_at: Instant;
  published_at: Instant;
}

/** What one reconciliation did: ids of what was published, created and retired. */
export interface ReconciliationChanges {
  readonly versions: readonly { sequence: string; version: number; from: number | null }[];
  readonly retired: readonly string[];
  readonly attributes: readonly string[];
  readonly policy: boolean;
}

export interface ReconciliationTable {
  id: string;
  commit_sha: string | null;
  author: string | null;
  subject: string | null;
  started_at: Instant;
  finished_at: Instant;
  outcome: ReconciliationOutcome;
  reason: string | null;
  message: string | null;
  diagnostics: JSONColumnType<Diagnostic[], string, string>;
  changes: Json<ReconciliationChanges>;
}

/** In the manner of Kubernetes conditions: `Ready`, `Reconciling`, `Stalled`. */
export interface Condition {
  readonly type: "Ready" | "Reconciling" | "Stalled";
  readonly status: boolean;
  readonly reason: string;
  readonly message: string;
  readonly since: string;
}

export interface SourceStateTable {
  id: Generated<number>;
  url: string | null;
  branch: string | null;
  path: string | null;
  last_attempted_sha: string | null;
  last_applied_sha: string | null;
  last_attempted_at: MaybeInstant;
  last_applied_at: MaybeInstant;
  conditions: ColumnType<Condition[], string | undefined, string>;
  suspended: Generated<boolean>;
  acknowledged_sha: string | null;
  /** Someone asked for a reconciliation at this instant; the controller answers by `answered_at`. */
  requested_at: MaybeInstant;
  answered_at: MaybeInstant;
}

export interface ContactTable {
  id: string;
  data: Json<EntityData>;
  updated_at: Instant;
  erased_at: MaybeInstant;
}

export interface AgentTable {
  id: string;
  data: Json<EntityData>;
  updated_at: Instant;
}

export interface TargetTable {
  type: Exclude<TargetType, "contact">;
  id: string;
  contact_id: string;
  data: Json<EntityData>;
  updated_at: Instant;
  /** A conversation's: when its provider refused a free text because WhatsApp's window was closed. */
  window_closed_at: MaybeInstant;
}

export interface EnrollmentTable {
  id: string;
  sequence_id: string;
  version: number;
  target_type: TargetType;
  target_id: string;
  contact_id: string;
  agent_id: string | null;
  /** Unique among live enrollments of a sequence: `target:<type>:<id>` or `contact:<id>`. */
  live_key: string;
  state: EnrollmentState;
  /** Why it is held, exited or failed. */
  reason: string | null;
  /** The step that comes next; null once there is none. */
  step_id: string | null;
  /** The instant that the next step's wait counts from. */
  base_at: Instant;
  next_due_at: MaybeInstant;
  expires_at: MaybeInstant;
  /** The attempt that the next send of this step will be; counts from 1. */
  attempt: Generated<number>;
  failed_channels: ColumnType<StepChannel[], StepChannel[] | undefined, StepChannel[]>;
  /** Set while a chunk job has this enrollment in hand. */
  chunk_id: string | null;
  /** The halt scope that keeps it from being claimed. */
  parked_by: string | null;
  /** How often a chunk was lost with this row in hand: a poison row gets a chunk of its own. */
  strandings: Generated<number>;
  /** Its data changed while a chunk had it in hand: its due time is re-derived after the finish. */
  stale: Generated<boolean>;
  started_at: Instant;
  ended_at: MaybeInstant;
  updated_at: Instant;
}

/** The approved template that a WhatsApp message was or will be sent with. */
export interface SentTemplate {
  readonly id: string;
  readonly name?: string;
  readonly content_sid?: string;
  readonly language: string;
  readonly parameters: readonly string[] | { readonly [name: string]: string };
}

export interface MessageTable {
  id: string;
  enrollment_id: string;
  step_id: string;
  attempt: number;
  chunk_id: string | null;
  /** The execution of the chunk that opened it: a redelivered chunk is another run. */
  run_id: string | null;
  /** The version it was written by, where its enrollment has left that since. */
  version: ColumnType<number | null, number | undefined, number>;
  state: MessageState;
  channel: Channel | null;
  inbox_id: string | null;
  address: string | null;
  conversation_id: string | null;
  /** Why this channel was chosen, or why the step was skipped. */
  reason: string | null;
  subject: string | null;
  body: string | null;
  html: string | null;
  template: ColumnType<SentTemplate | null, string | null, string | null>;
  due_at: Instant;
  provider_id: string | null;
  error_code: string | null;
  error: string | null;
  created_at: Instant;
  sent_at: MaybeInstant;
  delivered_at: MaybeInstant;
  read_at: MaybeInstant;
  updated_at: Instant;
  /** The provider's id, where its reports name the message by it. PostgreSQL makes it. */
  report_id: ColumnType<string | null, never, never>;
  /** Since when its fate is unknown; null where it is known. PostgreSQL makes it of the state. */
  unknown_at: ColumnType<Date | null, never, never>;
}

export interface HistoryTable {
  id: Generated<string>;
  enrollment_id: string;
  at: Instant;
  type: string;
  step_id: string | null;
  data: JSONColumnType<{ readonly [key: string]: unknown }, string | undefined, string>;
}

export interface SuppressionTable {
  id: string;
  channel: Channel;
  address: string;
  purpose: "marketing" | "all";
  reason: string;
  created_at: Instant;
}

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

/** Live enrollments on their way from one version of a sequence to another. */
export interface VersionMigrationTable {
  id: string;
  sequence_id: string;
  from_version: number;
  to_version: number;
  /** Steps of the one version that have another name in the other. */
  map: JSONColumnType<{ readonly [step: string]: string }, string, string>;
  state: ColumnType<"running" | "done", "running" | undefined, "running" | "done">;
  /** Those up to this id have been looked at in this round. */
  cursor: string | null;
  moved: Generated<number>;
  /** Why some stay where they are, and how many, as of this round. */
  left_behind: ColumnType<{ readonly [reason: string]: number }, string | undefined, string>;
  created_at: Instant;
  created_by: string;
  finished_at: MaybeInstant;
}

/** How far the history has been told to the outside. */
export interface OutgoingCursorTable {
  id: Generated<number>;
  taken: ColumnType<string, string, string>;
  horizon: ColumnType<string, string, string>;
  seen_at: Instant;
}

/** An event for the subscriber, until it is taken. */
export interface OutgoingEventTable {
  /** The number of the history's row that it is made of. */
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

/** How far a class of data has been looked at for what is no longer kept. */
export interface RetentionProgressTable {
  class: string;
  until: Instant;
}

export interface HaltTable {
  /** `all`, `sequence:<id>`, `sequence:<id>@<n>` or `inbox:<id>` */
  scope: string;
  created_at: Instant;
  created_by: string;
}

export interface ApiKeyTable {
  id: string;
  name: string;
  role: Role;
  hash: string;
  created_at: Instant;
  revoked_at: MaybeInstant;
  /** When it stops working, because another one has taken its place. */
  expires_at: MaybeInstant;
}

/** What somebody did by hand. `unknown`: the server did not live to tell, or failed. */
export interface AuditTable {
  id: string;
  at: Instant;
  key_id: string;
  key_name: string;
  role: Role;
  via: "api" | "console";
  action: string;
  /** The id of what it was done to. */
  subject: string | null;
  details: JSONColumnType<{ readonly [name: string]: unknown }, string, string>;
  outcome: ColumnType<"done" | "refused" | "unknown", undefined, "done" | "refused" | "unknown">;
  status: number | null;
  request_id: string;
}

/** What signs the console's sessions and unsubscribe links, the same on every server of one database. */
export interface ServerSecretTable {
  id: Generated<number>;
  value: string;
  created_at: Instant;
}

export interface IdempotencyKeyTable {
  api_key_id: string;
  key: string;
  request_hash: string;
  status: number;
  response: JSONColumnType<object, string, string>;
  created_at: Instant;
}

export interface Schema {
  workspace_policy: WorkspacePolicyTable;
  inboxes: InboxTable;
  custom_attributes: CustomAttributeTable;
  sequences: SequenceTable;
  sequence_versions: SequenceVersionTable;
  reconciliations: ReconciliationTable;
  source_state: SourceStateTable;
  contacts: ContactTable;
  agents: AgentTable;
  targets: TargetTable;
  enrollments: EnrollmentTable;
  messages: MessageTable;
  history: HistoryTable;
  suppressions: SuppressionTable;
  inbox_sends: InboxSendTable;
  chunks: ChunkTable;
  inbound_events: InboundEventTable;
  inbound_messages: InboundMessageTable;
  whatsapp_users: WhatsAppUserTable;
  events: EventTable;
  drafts: DraftTable;
  version_migrations: VersionMigrationTable;
  outgoing_cursor: OutgoingCursorTable;
  outgoing_events: OutgoingEventTable;
  retention_progress: RetentionProgressTable;
  halts: HaltTable;
  api_keys: ApiKeyTable;
  audit_log: AuditTable;
  server_secret: ServerSecretTable;
  idempotency_keys: IdempotencyKeyTable;
}
