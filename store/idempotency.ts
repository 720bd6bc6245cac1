import { sql, type Kysely } from "kysely";
import { iso } from "./placement.ts";
import type { Schema } from "./schema.ts";

/** One use of an `Idempotency-Key`. The key counts per API key. */
interface KeyUse {
  readonly apiKeyId: string;
  readonly key: string;
  /** A digest of the request, to tell a retry from a mistake. */
  readonly requestHash: string;
}

interface StoredAnswer {
  readonly requestHash: string;
  readonly status: number;
  readonly response: object;
}

/** Tells uses apart in maps; an API key's id holds no newline. */
export function keyUseId(use: Pick<KeyUse, "apiKeyId" | "key">): string {
  return `${use.apiKeyId}\n${use.key}`;
}

/**
 * Takes keys, each at most once in `uses`, for the rest of the transaction: a second request with the
 * same key waits here until the first has committed, and then finds its answer. Taken in one order,
 * and before any other row, so that two batches never wait for each other.
 * @returns the answers already given, by `keyUseId`; a key that is missing is the caller's to answer
 */
export async function takeKeys(
  trx: Kysely<Schema>,
  uses: readonly KeyUse[],
  now: number,
): Promise<ReadonlyMap<string, StoredAnswer>> {
  if (uses.length === 0) return new Map();
  const rows = JSON.stringify(
    uses.map((use) => ({ api_key_id: use.apiKeyId, key: use.key, request_hash: use.requestHash })),
  );
  const taken = await sql<{ api_key_id: string; key: string }>`
    insert into idempotency_keys (api_key_id, key, request_hash, status, response, created_at)
    select api_key_id, key, request_hash, 0, '{}', ${iso(now)}::timestamptz
    from jsonb_to_recordset(${rows}::jsonb) as r(api_key_id text, key text, request_hash text)
    order by api_key_id, key
    on conflict do nothing
    returning api_key_id, key
  `.execute(trx);
  if (taken.rows.length === uses.length) return new Map();
  const mine = new Set(taken.rows.map((row) => `${row.api_key_id}\n${row.key}`));
  const stored = await sql<{
    api_key_id: string;
    key: string;
    request_hash: string;
    status: number;
    response: object;
  }>`
    select k.api_key_id, k.key, k.request_hash, k.status, k.response
    from jsonb_to_recordset(${rows}::jsonb) as r(api_key_id text, key text)
    join idempotency_keys k on k.api_key_id = r.api_key_id and k.key = r.key
  `.execute(trx);
  const answers = stored.rows.map(
    (row) =>
      [
        `${row.api_key_id}\n${row.key}`,
        { requestHash: row.request_hash, status: row.status, response: row.response },
      ] as const,
  );
  return new Map(answers.filter(([id]) => !mine.has(id)));
}

/** Records the answers to keys taken in this transaction, and gives the refused ones back. */
export async function answerKeys(
  trx: Kysely<Schema>,
  answers: readonly (KeyUse & { readonly status: number; readonly response: object })[],
  refused: readonly KeyUse[],
): Promise<void> {
  if (answers.length > 0) {
    const rows = answers.map(({ apiKeyId, key, status, response }) => ({
      api_key_id: apiKeyId,
      key,
      status,
      response,
    }));
    await sql`
      update idempotency_keys k set status = r.status, response = r.response
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r(api_key_id text, key text, status integer, response jsonb)
      where k.api_key_id = r.api_key_id and k.key = r.key
    `.execute(trx);
  }
  if (refused.length > 0) {
    const rows = refused.map(({ apiKeyId, key }) => ({ api_key_id: apiKeyId, key }));
    await sql`
      delete from idempotency_keys k
      using jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(api_key_id text, key text)
      where k.api_key_id = r.api_key_id and k.key = r.key
    `.execute(trx);
  }
}

/** Forgotten at once; more are left for the next call, so that no statement is long. */
const FORGOTTEN_AT_ONCE = 10_000;

/**
 * Forgets the answers given before an instant, the oldest first.
 * @param before epoch ms
 * @returns how many were forgotten
 */
export async function forgetKeys(db: Kysely<Schema>, before: number): Promise<number> {
  const forgotten = await sql`
    delete from idempotency_keys k
    using (
      select api_key_id, key from idempotency_keys
      where created_at < ${iso(before)}::timestamptz
      order by created_at limit ${sql.lit(FORGOTTEN_AT_ONCE)}
      for update skip locked
    ) old
    where k.api_key_id = old.api_key_id and k.key = old.key
  `.execute(db);
  return Number(forgotten.numAffectedRows ?? 0n);
}
