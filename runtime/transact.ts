import type { Kysely, Transaction } from "kysely";
import type { Schema } from "../store/schema.ts";

/** PostgreSQL's `serialization_failure` and `deadlock_detected`. */
const AGAIN = new Set(["40001", "40P01"]);
const ATTEMPTS = 3;

/**
 * Runs a transaction, and runs it again when PostgreSQL chose it as a deadlock's victim: rows are locked
 * in one order here, but a statement of the engine's may take several in its own.
 */
export async function transact<T>(
  db: Kysely<Schema>,
  work: (trx: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      const { code } = error as { readonly code?: string };
      if (attempt === ATTEMPTS || code === undefined || !AGAIN.has(code)) throw error;
    }
  }
}
