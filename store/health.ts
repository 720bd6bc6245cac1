import { sql, type Kysely } from "kysely";
import { pendingMigrations } from "./migrate.ts";
import type { Schema } from "./schema.ts";

/** Why this process cannot serve, in words for an operator; empty where it can. Never throws. */
export async function whyNotReady(db: Kysely<Schema>): Promise<string[]> {
  try {
    await sql`select 1`.execute(db);
    const pending = await pendingMigrations(db);
    if (pending.length === 0) return [];
    return [`the database's schema is older than this release: ${pending.join(", ")} is missing`];
  } catch {
    return ["the database does not answer"];
  }
}
