import type { Kysely } from "kysely";
import type { Channel } from "../core/language/document.ts";
import { newId } from "./ids.ts";
import { iso } from "./placement.ts";
import type { Schema } from "./schema.ts";

export interface Suppression {
  readonly id: string;
  readonly channel: Channel;
  /** As it is compared: an e-mail address in lower case, a phone number in E.164. */
  readonly address: string;
  readonly purpose: "marketing" | "all";
  readonly reason: string;
  readonly created_at: Date;
}

/**
 * Suppresses an address. One that is suppressed already keeps its first reason and date.
 * @param now epoch ms
 */
export async function addSuppression(
  db: Kysely<Schema>,
  given: Pick<Suppression, "channel" | "address" | "purpose" | "reason">,
  now: number,
): Promise<{ readonly suppression: Suppression; readonly created: boolean }> {
  const id = newId(now);
  const suppression = await db
    .insertInto("suppressions")
    .values({ ...given, id, created_at: iso(now) })
    // Touching the row returns it, whichever of two requests came first.
    .onConflict((conflict) =>
      conflict
        .columns(["channel", "address", "purpose"])
        .doUpdateSet((eb) => ({ address: eb.ref("excluded.address") })),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
  return { suppression, created: suppression.id === id };
}

/** Suppressions, newest first, strictly after the id `after`. */
export function listSuppressions(
  db: Kysely<Schema>,
  filter: { readonly channel?: Channel; readonly address?: string },
  page: { readonly after: string | null; readonly limit: number },
): Promise<Suppression[]> {
  let query = db.selectFrom("suppressions").selectAll().orderBy("id", "desc").limit(page.limit);
  if (filter.channel !== undefined) query = query.where("channel", "=", filter.channel);
  if (filter.address !== undefined) query = query.where("address", "=", filter.address);
  if (page.after !== null) query = query.where("id", "<", page.after);
  return query.execute();
}

/**
 * Lifts suppressions: one by id, or those of an address.
 * @returns how many were lifted
 */
export async function removeSuppressions(
  db: Kysely<Schema>,
  which:
    | { readonly id: string }
    | {
        readonly channel: Channel;
        readonly address: string;
        readonly purpose?: "marketing" | "all";
      },
): Promise<number> {
  let query = db.deleteFrom("suppressions");
  if ("id" in which) {
    query = query.where("id", "=", which.id);
  } else {
    query = query.where("channel", "=", which.channel).where("address", "=", which.address);
    if (which.purpose !== undefined) query = query.where("purpose", "=", which.purpose);
  }
  const deleted = await query.executeTakeFirst();
  return Number(deleted.numDeletedRows);
}

/**
 * Lifts the suppressions of addresses that were made for certain reasons.
 * @param which.purpose `all` lifts those of marketing too
 */
export async function liftSuppressions(
  db: Kysely<Schema>,
  which: {
    readonly channel: Channel;
    readonly addresses: readonly string[];
    readonly purpose: "marketing" | "all";
    readonly reasons: readonly string[];
  },
): Promise<void> {
  if (which.addresses.length === 0) return;
  await db
    .deleteFrom("suppressions")
    .where("channel", "=", which.channel)
    .where("address", "in", [...which.addresses])
    .where("purpose", "in", which.purpose === "all" ? ["all", "marketing"] : ["marketing"])
    .where("reason", "in", [...which.reasons])
    .execute();
}
