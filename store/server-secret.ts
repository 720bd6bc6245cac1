import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import { iso } from "./placement.ts";
import type { Schema } from "./schema.ts";

/**
 * The secret that signs sessions and unsubscribe links, made at the first start. It lives in the
 * database, so that links keep working when an API key is changed, and on every server alike.
 * @param now epoch ms
 */
export async function ensureServerSecret(db: Kysely<Schema>, now: number): Promise<string> {
  await db
    .insertInto("server_secret")
    .values({ value: randomBytes(32).toString("base64url"), created_at: iso(now) })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
  const { value } = await db.selectFrom("server_secret").select("value").executeTakeFirstOrThrow();
  return value;
}
