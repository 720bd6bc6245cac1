import { sql, type Kysely, type Selectable } from "kysely";
import type { Channel } from "../core/language/document.ts";
import type { InboundMessageTable, Schema } from "./schema.ts";

/** A message of a conversation, from either side. */
interface ConversationMessage {
  readonly id: string;
  readonly direction: "in" | "out";
  readonly at: Date;
  readonly channel: Channel;
  readonly inbox: string;
  readonly address: string | null;
  readonly subject: string | null;
  readonly text: string | null;
  /** Files that came with it; they stay at the provider. */
  readonly media: readonly object[];
  /** How far ours got; of theirs, who wrote it: `human`, `reaction` or `automatic`. */
  readonly state: string;
  /** Of ours. */
  readonly enrollment_id: string | null;
  readonly step: string | null;
}

/** A conversation's messages, newest first, strictly after the id `page.after`. Ids are in time's order. */
export async function listConversationMessages(
  db: Kysely<Schema>,
  conversation: string,
  page: { readonly after: string | null; readonly limit: number },
): Promise<ConversationMessage[]> {
  const found = await sql<ConversationMessage>`
    select * from (
      select id, 'in' as direction, sent_at as at, channel, inbox_id as inbox, address, subject,
        body as text, media, nature as state, null::uuid as enrollment_id, null as step
      from inbound_messages where conversation_id = ${conversation}
      union all
      select id, 'out', coalesce(sent_at, created_at), channel, inbox_id, address, subject, body,
        '[]'::jsonb, state, enrollment_id, step_id
      from messages where conversation_id = ${conversation}
    ) both_sides
    where ${page.after}::uuid is null or id < ${page.after}::uuid
    order by id desc limit ${page.limit}
  `.execute(db);
  return found.rows;
}

/** A message that a person wrote to us. */
type WrittenMessage = Pick<
  Selectable<InboundMessageTable>,
  "id" | "channel" | "inbox_id" | "nature" | "type" | "subject" | "body" | "keyword" | "sent_at"
>;

/** What a contact wrote since an instant, the oldest first. */
export function listWritten(
  db: Kysely<Schema>,
  contact: string,
  since: Date,
  limit: number,
): Promise<WrittenMessage[]> {
  return db
    .selectFrom("inbound_messages")
    .select([
      "id",
      "channel",
      "inbox_id",
      "nature",
      "type",
      "subject",
      "body",
      "keyword",
      "sent_at",
    ])
    .where("contact_id", "=", contact)
    .where("received_at", ">=", since)
    .orderBy("received_at")
    .limit(limit)
    .execute();
}
