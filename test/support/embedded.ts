import { openEmbedded, type Database } from "../../store/database.ts";
import { migrate } from "../../store/migrate.ts";

/** A migrated embedded database in memory; whoever opens it closes it. */
export async function openTestDatabase(): Promise<Database> {
  const database = await openEmbedded(null);
  await migrate(database.db);
  return database;
}
