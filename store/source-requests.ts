import type { Kysely, Selectable } from "kysely";
import { iso } from "./placement.ts";
import type { Schema, SourceStateTable } from "./schema.ts";

/** The source as the controller last left it. */
export type SourceState = Omit<Selectable<SourceStateTable>, "id">;

export function readSourceState(db: Kysely<Schema>): Promise<SourceState> {
  return db
    .selectFrom("source_state")
    .select([
      "url",
      "branch",
      "path",
      "last_attempted_sha",
      "last_applied_sha",
      "last_attempted_at",
      "last_applied_at",
      "conditions",
      "suspended",
      "acknowledged_sha",
      "requested_at",
      "answered_at",
    ])
    .executeTakeFirstOrThrow();
}

/**
 * Asks the controller for a reconciliation, wherever it runs.
 * @param acknowledged the commit whose stall is accepted; null acknowledges nothing
 * @param now epoch ms; the request is answered once `answered_at` has reached it
 */
export async function askForReconciliation(
  db: Kysely<Schema>,
  acknowledged: string | null,
  now: number,
): Promise<void> {
  await db
    .updateTable("source_state")
    .set({
      requested_at: iso(now),
      ...(acknowledged === null ? {} : { acknowledged_sha: acknowledged }),
    })
    .execute();
}

/** Suspends the source, or takes it up again. @returns whether that changed anything */
export async function setSuspended(db: Kysely<Schema>, suspended: boolean): Promise<boolean> {
  const changed = await db
    .updateTable("source_state")
    .set({ suspended })
    .where("suspended", "!=", suspended)
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}
