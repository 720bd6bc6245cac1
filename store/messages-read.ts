import { sql, type Kysely } from "kysely";
import type { Channel } from "../core/language/document.ts";
import { storedHtml } from "./message-html.ts";
import { iso } from "./placement.ts";
import type { Schema } from "./schema.ts";

/** The HTML of a message; null where it has none, or there is no such message. */
export async function readMessageHtml(db: Kysely<Schema>, id: string): Promise<string | null> {
  const columns = ["html", "simple_html", "body"] as const;
  const message = await db
    .selectFrom("messages")
    .select(columns)
    .where("id", "=", id)
    .executeTakeFirst();
  return message === undefined ? null : storedHtml(message);
}

/** A message whose fate is unknown, for whoever settles it. */
interface UnknownMessage {
  readonly id: string;
  readonly enrollment_id: string;
  readonly step: string;
  readonly channel: string | null;
  readonly inbox: string | null;
  readonly address: string | null;
  readonly error: string | null;
  readonly updated_at: Date;
}

/** The oldest messages whose fate is unknown. */
export function listUnknownMessages(db: Kysely<Schema>, limit: number): Promise<UnknownMessage[]> {
  return db
    .selectFrom("messages")
    .select([
      "id",
      "enrollment_id",
      "step_id as step",
      "channel",
      "inbox_id as inbox",
      "address",
      "error",
      "updated_at",
    ])
    .where("unknown_at", "is not", null)
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** A message that may be looked up at its provider. */
export interface SoughtMessage {
  readonly id: string;
  readonly inbox_id: string;
  readonly channel: Channel;
  readonly address: string;
  readonly body: string;
  /** When its send began, or a moment before. */
  readonly since: Date;
}

/**
 * Messages whose fate has been unknown since an instant between `from` and `to`, in inboxes of a provider.
 * @param from epoch ms, like `to`
 */
export async function listSought(
  db: Kysely<Schema>,
  provider: string,
  { from, to }: { readonly from: number; readonly to: number },
  limit: number,
): Promise<SoughtMessage[]> {
  const found = await sql<SoughtMessage>`
    select m.id, m.inbox_id, m.channel, m.address, m.body, m.due_at as since
    from messages m join inboxes i on i.id = m.inbox_id
    where m.unknown_at is not null and m.address is not null and m.body is not null
      and i.removed_at is null and i.inbox ->> 'provider' = ${provider}
      and m.unknown_at > ${iso(from)}::timestamptz and m.unknown_at <= ${iso(to)}::timestamptz
    order by m.id limit ${limit}
  `.execute(db);
  return found.rows;
}

/** Which of a provider's ids are those of messages that are known already. */
export async function listKnownProviderIds(
  db: Kysely<Schema>,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const found = await sql<{ provider_id: string }>`
    select provider_id from messages where report_id = any(${[...ids]}::text[])
  `.execute(db);
  return new Set(found.rows.map((row) => row.provider_id));
}
