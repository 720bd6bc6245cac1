import { sql } from "kysely";
import type { Db } from "./database.ts";
import { iso } from "./placement.ts";

/** How many messages within which time. */
export interface Rate {
  readonly messages: number;
  readonly periodMs: number;
}

/**
 * Takes up to `wanted` sends of an inbox's allowance. The inbox's row is locked meanwhile, so that all
 * processes together stay within it.
 * @param now epoch ms
 * @returns how many may be sent now
 */
export function takeSends(
  db: Db,
  inbox: string,
  rate: Rate,
  wanted: number,
  now: number,
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    await sql`select from inboxes where id = ${inbox} for no key update`.execute(trx);
    await trx
      .deleteFrom("inbox_sends")
      .where("inbox_id", "=", inbox)
      .where("at", "<=", new Date(now - rate.periodMs))
      .execute();
    const { used } = await trx
      .selectFrom("inbox_sends")
      .select((eb) => eb.fn.coalesce(eb.fn.sum<string>("messages"), sql<string>`0`).as("used"))
      .where("inbox_id", "=", inbox)
      .executeTakeFirstOrThrow();
    const allowed = Math.max(0, Math.min(wanted, rate.messages - Number(used)));
    if (allowed > 0) {
      await trx
        .insertInto("inbox_sends")
        .values({ inbox_id: inbox, at: iso(now), messages: allowed })
        .execute();
    }
    return allowed;
  });
}

/** When an inbox sent within the last period; an instant a message, ascending, epoch ms. */
export async function listSends(
  db: Db,
  inbox: string,
  rate: Rate,
  now: number,
): Promise<readonly number[]> {
  const rows = await db
    .selectFrom("inbox_sends")
    .select(["at", "messages"])
    .where("inbox_id", "=", inbox)
    .where("at", ">", new Date(now - rate.periodMs))
    .orderBy("at")
    .execute();
  return rows.flatMap(({ at, messages }) => Array<number>(messages).fill(at.getTime()));
}
