import type { ColumnType, Generated, JSONColumnType } from "kysely";
import type { Diagnostic } from "../core/language/diagnostic.ts";
import type {
  AttributeDeclaration,
  CanonicalDocument,
  TargetType,
} from "../core/language/document.ts";
import type { Inbox, Policy } from "../core/language/policy.ts";
import type { Instant, Json, MaybeInstant } from "./columns.ts";

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
