import { createHash, randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import { newId } from "./ids.ts";
import { iso } from "./placement.ts";
import type { Role, Schema } from "./schema.ts";

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly created_at: Date;
  readonly revoked_at: Date | null;
  /** When it stops working, because another one has taken its place. */
  readonly expires_at: Date | null;
}

const COLUMNS = ["id", "name", "role", "created_at", "revoked_at", "expires_at"] as const;

/** A new random key: 256 bits, with a prefix by which secret scanners and people recognise it. */
function newApiKey(): string {
  return `cdz_${randomBytes(32).toString("base64url")}`;
}

/**
 * What is stored of a key. A plain digest is enough: slow hashes protect guessable secrets, and nobody
 * guesses 256 random bits. Finding a key by its digest leaks nothing by timing either: who sends a
 * guess does not choose its digest.
 */
function hashApiKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/**
 * Makes a key; only this answer ever holds it.
 * @param now epoch ms
 */
export async function createApiKey(
  db: Kysely<Schema>,
  given: { readonly name: string; readonly role: Role },
  now: number,
): Promise<ApiKey & { readonly key: string }> {
  const key = newApiKey();
  const row = await db
    .insertInto("api_keys")
    .values({ ...given, id: newId(now), hash: hashApiKey(key), created_at: iso(now) })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();
  return { ...row, key };
}

/** The key's owner; null when the key is unknown, revoked or has run out. @param now epoch ms */
export async function findApiKey(
  db: Kysely<Schema>,
  key: string,
  now: number,
): Promise<ApiKey | null> {
  const row = await working(db, now).where("hash", "=", hashApiKey(key)).executeTakeFirst();
  return row ?? null;
}

/** A key by its id, while it works. @param now epoch ms */
export async function readApiKey(
  db: Kysely<Schema>,
  id: string,
  now: number,
): Promise<ApiKey | null> {
  const row = await working(db, now).where("id", "=", id).executeTakeFirst();
  return row ?? null;
}

function working(db: Kysely<Schema>, now: number) {
  return db
    .selectFrom("api_keys")
    .select(COLUMNS)
    .where("revoked_at", "is", null)
    .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", new Date(now))]));
}

/** Every key, revoked ones too, the oldest first; never the keys themselves. */
export function listApiKeys(db: Kysely<Schema>): Promise<ApiKey[]> {
  return db.selectFrom("api_keys").select(COLUMNS).orderBy("created_at").orderBy("id").execute();
}

/**
 * Makes a key that takes another one's place, with its name and role. The old one works on for a while, so that
 * those who use it can be given the new one.
 * @param grace how long, in milliseconds
 * @param now epoch ms
 */
export async function rotateApiKey(
  db: Kysely<Schema>,
  id: string,
  grace: number,
  now: number,
): Promise<(ApiKey & { readonly key: string }) | "unknown" | "rotated"> {
  return db.transaction().execute(async (trx) => {
    const old = await working(trx, now).where("id", "=", id).forUpdate().executeTakeFirst();
    if (old === undefined) return "unknown";
    if (old.expires_at !== null) return "rotated";
    const made = await createApiKey(trx, { name: old.name, role: old.role }, now);
    await trx
      .updateTable("api_keys")
      .set({ expires_at: iso(now + grace) })
      .where("id", "=", id)
      .execute();
    return made;
  });
}

/**
 * Revokes a key. The last operator key stays: without one nobody could make another. One that has been
 * replaced and is about to run out does not count.
 * @param now epoch ms
 */
export async function revokeApiKey(
  db: Kysely<Schema>,
  id: string,
  now: number,
): Promise<"revoked" | "unknown" | "last_operator"> {
  return db.transaction().execute(async (trx) => {
    // Locking every operator key lets only one of two revocations at once see the other's key alive.
    const operators = await trx
      .selectFrom("api_keys")
      .select("id")
      .where("role", "=", "operator")
      .where("revoked_at", "is", null)
      .where("expires_at", "is", null)
      .orderBy("id")
      .forUpdate()
      .execute();
    if (operators.length === 1 && operators[0]!.id === id) return "last_operator";
    const revoked = await trx
      .updateTable("api_keys")
      .set({ revoked_at: iso(now) })
      .where("id", "=", id)
      .where("revoked_at", "is", null)
      .executeTakeFirst();
    return revoked.numUpdatedRows === 0n ? "unknown" : "revoked";
  });
}

/**
 * Makes the key that the server was configured with an operator's. The configuration decides: a key
 * revoked or replaced over HTTP is back after a restart that still names it.
 * @param now epoch ms
 */
export async function ensureOperatorKey(
  db: Kysely<Schema>,
  key: string,
  now: number,
): Promise<void> {
  await db
    .insertInto("api_keys")
    .values({
      id: newId(now),
      name: "operator",
      role: "operator",
      hash: hashApiKey(key),
      created_at: iso(now),
    })
    .onConflict((conflict) =>
      conflict.column("hash").doUpdateSet({ role: "operator", revoked_at: null, expires_at: null }),
    )
    .execute();
}
