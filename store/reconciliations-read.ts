import type { Kysely } from "kysely";
import type { Diagnostic } from "../core/language/diagnostic.ts";
import type { ReconciliationChanges, ReconciliationOutcome, Schema } from "./schema.ts";

interface Reconciliation {
  readonly id: string;
  readonly commit_sha: string | null;
  readonly author: string | null;
  readonly subject: string | null;
  readonly started_at: Date;
  readonly finished_at: Date;
  readonly outcome: ReconciliationOutcome;
  readonly reason: string | null;
  readonly message: string | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly changes: ReconciliationChanges;
}

/** Reconciliations, newest first, strictly after the id `page.after`. */
export function listReconciliations(
  db: Kysely<Schema>,
  page: { readonly after: string | null; readonly limit: number },
): Promise<Reconciliation[]> {
  let query = db.selectFrom("reconciliations").selectAll().orderBy("id", "desc").limit(page.limit);
  if (page.after !== null) query = query.where("id", "<", page.after);
  return query.execute();
}
