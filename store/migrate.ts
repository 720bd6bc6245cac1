import type { Kysely } from "kysely";
import { Migrator, type Migration } from "kysely/migration";
import type { Schema } from "./schema.ts";
import * as initial from "./migrations/0001-initial.ts";

/** Every migration in order. A released one never changes; a new one is added below. */
const migrations: Record<string, Migration> = {
  "0001-initial": initial,
};

/**
 * Brings the database to this release's schema. Safe to call from several processes at once:
 * the migrator takes a lock.
 * @throws the first migration's error; a failed migration is rolled back
 */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
