import type { ColumnType, Generated, JSONColumnType } from "kysely";
import type { Instant, MaybeInstant } from "./columns.ts";

export type Role = "viewer" | "enroller" | "approver" | "operator";

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
