import { openAsBlob } from "node:fs";
import { openEmbedded, type Database } from "../../store/database.ts";
import { ask } from "./postgres.ts";

/**
 * A migrated embedded database in memory; whoever opens it closes it. It begins as a copy of one that the
 * run made once, in a tenth of the time that a new one takes.
 */
export async function openTestDatabase(): Promise<Database> {
  return openEmbedded(null, await openAsBlob(await ask("POST", "embedded")));
}
