import type { Kysely } from "kysely";
import { Migrator, type Migration } from "kysely/migration";
import type { Schema } from "./schema.ts";
import * as initial from "./migrations/0001-initial.ts";
import * as inbound from "./migrations/0002-inbound.ts";
import * as events from "./migrations/0003-events.ts";
import * as windows from "./migrations/0004-windows.ts";
import * as drafts from "./migrations/0005-drafts.ts";
import * as versionMigrations from "./migrations/0006-version-migrations.ts";
import * as outgoing from "./migrations/0008-outgoing-webhooks.ts";
import * as retention from "./migrations/0009-retention.ts";
import * as door from "./migrations/0010-door.ts";
import * as hotPath from "./migrations/0011-hot-path.ts";
import * as draftCost from "./migrations/0012-draft-cost.ts";
import * as due from "./migrations/0013-due.ts";
import * as messages from "./migrations/0014-messages.ts";
import * as doorCost from "./migrations/0015-door-cost.ts";
import * as sentOnce from "./migrations/0016-sent-once.ts";
import * as logCost from "./migrations/0017-log-cost.ts";

/** Every migration in order. A released one never changes; a new one is added below. */
const migrations: Record<string, Migration> = {
  "0001-initial": initial,
  "0002-inbound": inbound,
  "0003-events": events,
  "0004-windows": windows,
  "0005-drafts": drafts,
  "0006-version-migrations": versionMigrations,
  "0008-outgoing-webhooks": outgoing,
  "0009-retention": retention,
  "0010-door": door,
  "0011-hot-path": hotPath,
  "0012-draft-cost": draftCost,
  "0013-due": due,
  "0014-messages": messages,
  "0015-door-cost": doorCost,
  "0016-sent-once": sentOnce,
  "0017-log-cost": logCost,
};

/**
 * Brings the database to this release's schema. Safe to call from several processes at once:
 * the migrator takes a lock.
 * @throws the first migration's error; a failed migration is rolled back
 */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const { error } = await migratorFor(db).migrateToLatest();
  if (error instanceof Error) throw error;
  if (error !== undefined) throw new Error("A migration failed", { cause: error });
}

/** The migrations that this release knows and the database has not had. */
export async function pendingMigrations(db: Kysely<Schema>): Promise<string[]> {
  const known = await migratorFor(db).getMigrations();
  return known.filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name);
}

/** What carries a database from one release to another. */
export function migratorFor(db: Kysely<Schema>): Migrator {
  return new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
}
