import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { lockContacts } from "../store/contacts.ts";
import { exitEnrollments } from "../store/enrollments-control.ts";
import { lockWaiting } from "../store/enrollments-waiting.ts";
import { eraseContact } from "../store/privacy.ts";
import type { Schema } from "../store/schema.ts";

/**
 * Ends a person's enrollments and erases what is kept of them.
 * @param now epoch ms
 * @returns the ids of their messages; null when there is no such contact
 */
export async function erase(
  trx: Kysely<Schema>,
  id: string,
  by: string,
  now: number,
): Promise<readonly string[] | null> {
  await lockContacts(trx, [id]);
  const waiting = await lockWaiting(trx, { contacts: [id] });
  const ids = waiting.map((one) => one.id);
  await exitEnrollments(trx, ids, { by, reason: "erased" }, now);
  return eraseContact(trx, id, now);
}

/** Removes the files that the local outbox keeps of messages. */
export async function removeFromOutbox(folder: string, messages: readonly string[]): Promise<void> {
  for (const id of messages) {
    for (const extension of ["txt", "json"]) {
      await rm(join(folder, `${id}.${extension}`), { force: true });
    }
  }
}
