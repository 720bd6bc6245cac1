import type { ColumnType, Generated, GeneratedAlways, JSONColumnType, SelectType } from "kysely";
import type { EntityData } from "../core/facts.ts";
import type { Channel, StepChannel, TargetType } from "../core/language/document.ts";
import type { Instant, Json, MaybeInstant } from "./columns.ts";
import type {
  ApiKeyTable,
  AuditTable,
  IdempotencyKeyTable,
  ServerSecretTable,
} from "./schema-access.ts";
import type {
  CustomAttributeTable,
  InboxTable,
  ReconciliationTable,
  SequenceTable,
  SequenceVersionTable,
  SourceStateTable,
  WorkspacePolicyTable,
} from "./schema-published.ts";
import type {
  ChunkTable,
  DraftTable,
  EventTable,
  InboundEventTable,
  InboundMessageTable,
  InboxSendTable,
  OutgoingCursorTable,
  OutgoingEventTable,
  OutgoingSentTable,
  WhatsAppUserTable,
} from "./schema-traffic.ts";

export type { Instant } from "./columns.ts";
export type * from "./schema-access.ts";
export type * from "./schema-published.ts";
export type * from "./schema-traffic.ts";

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

interface ContactTable {
  id: string;
  data: Json<EntityData>;
  updated_at: Instant;
  erased_at: MaybeInstant;
}

interface AgentTable {
  id: string;
  data: Json<EntityData>;
  updated_at: Instant;
}

interface TargetTable {
  type: Exclude<TargetType, "contact">;
  id: string;
  contact_id: string;
  data: Json<EntityData>;
  updated_at: Instant;
  /** A conversation's: when its provider refused a free text because WhatsApp's window was closed. */
  window_closed_at: MaybeInstant;
}

interface EnrollmentTable {
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
  /** The next due time of one that waits for it: what a dispatcher may claim. */
  waits_until: GeneratedAlways<Date | null>;
  started_at: Instant;
  ended_at: MaybeInstant;
  updated_at: Instant;
}

/** Each enrollment that waits, by when it is due; kept by triggers on the enrollments. */
interface DueTable {
  at: Instant;
  enrollment_id: string;
}

/** The approved template that a WhatsApp message was or will be sent with. */
export interface SentTemplate {
  readonly id: string;
  readonly name?: string;
  readonly content_sid?: string;
  readonly language: string;
  readonly parameters: readonly string[] | { readonly [name: string]: string };
}

interface MessageTable {
  id: string;
  enrollment_id: string;
  step_id: string;
  attempt: number;
  chunk_id: string | null;
  /** The execution of the chunk that opened it: a redelivered chunk is another run. */
  run: number | null;
  /** The version it was written by, where its enrollment has left that since. */
  version: ColumnType<number | null, number | undefined, number>;
  state: MessageState;
  channel: Channel | null;
  inbox_id: string | null;
  address: string | null;
  conversation_id: string | null;
  /** Why this channel was chosen, where the step does not name it; or why the step was skipped. */
  reason: string | null;
  subject: string | null;
  body: string | null;
  /** Null where the text is all there is, and where it says no more than the text does. */
  html: string | null;
  /** Its HTML is the text's, by `htmlOf`. */
  simple_html: Generated<boolean>;
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
  /** Its place in the history once it is told to be sent; null also where a line of the history itself tells it. */
  history_id: ColumnType<string | null, never, never>;
}

/** What happened to enrollments, but for the sends that messages tell themselves. */
interface HistoryTable {
  id: Generated<string>;
  enrollment_id: string;
  at: Instant;
  type: string;
  step_id: string | null;
  data: JSONColumnType<{ readonly [key: string]: unknown }, string | undefined, string>;
}

/** The whole history, to be read: its own lines and those of messages that were sent. */
type HistoryLineView = {
  readonly [Name in keyof HistoryTable]: ColumnType<SelectType<HistoryTable[Name]>, never, never>;
} & {
  /** The message that tells it; null of a line of its own. */
  readonly message_id: ColumnType<string | null, never, never>;
};

interface SuppressionTable {
  id: string;
  channel: Channel;
  address: string;
  purpose: "marketing" | "all";
  reason: string;
  created_at: Instant;
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

/** How far a class of data has been looked at for what is no longer kept. */
interface RetentionProgressTable {
  class: string;
  until: Instant;
}

interface HaltTable {
  /** `all`, `sequence:<id>`, `sequence:<id>@<n>` or `inbox:<id>` */
  scope: string;
  created_at: Instant;
  created_by: string;
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
  due: DueTable;
  messages: MessageTable;
  history: HistoryTable;
  history_lines: HistoryLineView;
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
  outgoing_sent: OutgoingSentTable;
  retention_progress: RetentionProgressTable;
  halts: HaltTable;
  api_keys: ApiKeyTable;
  audit_log: AuditTable;
  server_secret: ServerSecretTable;
  idempotency_keys: IdempotencyKeyTable;
}
