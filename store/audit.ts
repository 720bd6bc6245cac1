import type { Kysely } from "kysely";
import { newId } from "./ids.ts";
import { iso } from "./placement.ts";
import type { Role, Schema } from "./schema.ts";

/** What somebody is about to do by hand: ids and codes, nothing of what people wrote or where they live. */
export interface Deed {
  readonly key: { readonly id: string; readonly name: string; readonly role: Role };
  readonly via: "api" | "console";
  readonly action: string;
  /** The id of what it is done to. */
  readonly subject: string | null;
  readonly details: { readonly [name: string]: unknown };
  readonly requestId: string;
}

interface AuditEntry {
  readonly id: string;
  readonly at: Date;
  readonly key_id: string;
  readonly key_name: string;
  readonly role: Role;
  readonly via: "api" | "console";
  readonly action: string;
  readonly subject: string | null;
  readonly details: { readonly [name: string]: unknown };
  readonly outcome: "done" | "refused" | "unknown";
  readonly status: number | null;
  readonly request_id: string;
}

/**
 * Writes down what is about to be done, before it is: nothing happens without a trace, not even where the server
 * dies over it.
 * @param now epoch ms
 * @returns the entry's id
 */
export async function recordDeed(db: Kysely<Schema>, deed: Deed, now: number): Promise<string> {
  const id = newId(now);
  const { key, via, action, subject, details, requestId } = deed;
  await db
    .insertInto("audit_log")
    .values({
      id,
      at: iso(now),
      key_id: key.id,
      key_name: key.name,
      role: key.role,
      via,
      action,
      subject,
      details: JSON.stringify(details),
      request_id: requestId,
    })
    .execute();
  return id;
}

/** Writes down what became of it. @param status as HTTP has it */
export async function recordOutcome(
  db: Kysely<Schema>,
  id: string,
  subject: string | null,
  status: number,
): Promise<void> {
  const outcome = status < 400 ? "done" : status < 500 ? "refused" : "unknown";
  await db
    .updateTable("audit_log")
    .set({ outcome, status, subject })
    .where("id", "=", id)
    .execute();
}

/** What was done by hand, the newest first, strictly after the id `page.after`. */
export function listAudit(
  db: Kysely<Schema>,
  filter: { readonly action?: string; readonly key?: string },
  page: { readonly after: string | null; readonly limit: number },
): Promise<AuditEntry[]> {
  let query = db.selectFrom("audit_log").selectAll().orderBy("id", "desc").limit(page.limit);
  if (filter.action !== undefined) query = query.where("action", "=", filter.action);
  if (filter.key !== undefined) query = query.where("key_id", "=", filter.key);
  if (page.after !== null) query = query.where("id", "<", page.after);
  return query.execute();
}
