import { sql } from "kysely";
import type { EntityData } from "../core/facts.ts";
import type { Channel } from "../core/language/document.ts";
import type { Db } from "./database.ts";
import { instantText } from "./json.ts";
import { prepared } from "./prepared.ts";
import { textArray } from "./recordset.ts";

/** A conversation of the contact, as stored. */
export interface StoredConversation {
  readonly id: string;
  readonly data: EntityData;
  /** When a provider said that WhatsApp's window in it is closed; ISO text. */
  readonly window_closed_at: string | null;
}

interface StoredSuppression {
  readonly channel: Channel;
  readonly purpose: "marketing" | "all";
}

/** What is known of how a contact can be reached. */
export interface KnownContact {
  /** The most recently changed first. */
  readonly conversations: readonly StoredConversation[];
  readonly suppressions: readonly StoredSuppression[];
}

/** The open ones and the latest: what can still be continued, or hold WhatsApp's window open. */
const CONVERSATIONS = 20;

/**
 * Reads the conversations and suppressions of contacts, in two statements whatever their number.
 * @param contacts contact id → data
 * @returns contact id → what is known; each of the contacts has an entry
 */
export async function readKnownContacts(
  db: Db,
  contacts: ReadonlyMap<string, EntityData>,
): Promise<ReadonlyMap<string, KnownContact>> {
  const conversations = await readConversations(db, [...contacts.keys()]);
  const emails = new Map<string, string>();
  const phones = new Map<string, string>();
  for (const [id, { email, phone }] of contacts) {
    if (typeof email === "string") emails.set(id, email.toLowerCase());
    if (typeof phone === "string") phones.set(id, phone);
  }
  const suppressions = await readSuppressions(db, [...emails.values()], [...phones.values()]);
  return new Map(
    Array.from(contacts.keys(), (id) => [
      id,
      {
        conversations: conversations.get(id) ?? [],
        suppressions: [
          ...(suppressions.mails.get(emails.get(id) ?? "") ?? []),
          ...(suppressions.phones.get(phones.get(id) ?? "") ?? []),
        ],
      },
    ]),
  );
}

async function readConversations(
  db: Db,
  contacts: readonly string[],
): Promise<ReadonlyMap<string, readonly StoredConversation[]>> {
  const { rows } = await sql<StoredConversation & { readonly contact_id: string }>`${prepared}
    select contact_id, id, data, window_closed_at from (
      select contact_id, id, data, updated_at,
        ${instantText("window_closed_at")} as window_closed_at,
        row_number() over (partition by contact_id
          order by coalesce(data ->> 'status', '') = 'resolved', updated_at desc) as place
      from targets
      where contact_id = any(${textArray(contacts)}::text[]) and type = 'conversation'
    ) ranked
    where place <= ${sql.lit(CONVERSATIONS)}
    order by updated_at desc
  `.execute(db);
  return grouped(rows, ({ contact_id, ...conversation }) => [contact_id, conversation]);
}

async function readSuppressions(db: Db, emails: readonly string[], phones: readonly string[]) {
  const { rows } = await sql<StoredSuppression & { readonly address: string }>`${prepared}
    select channel, purpose, address from suppressions
    where (channel = 'email' and address = any(${textArray(emails)}::text[]))
      or (channel in ('sms', 'whatsapp') and address = any(${textArray(phones)}::text[]))
  `.execute(db);
  const byAddress = (isMail: boolean) =>
    grouped(
      rows.filter(({ channel }) => (channel === "email") === isMail),
      ({ address, ...suppression }) => [address, suppression],
    );
  return { mails: byAddress(true), phones: byAddress(false) };
}

/** Puts rows together by what they are read by, which is no part of them any more. */
function grouped<Row, Kept>(
  rows: readonly Row[],
  split: (row: Row) => readonly [key: string, kept: Kept],
): ReadonlyMap<string, readonly Kept[]> {
  const groups = new Map<string, Kept[]>();
  for (const row of rows) {
    const [key, kept] = split(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [kept]);
    else group.push(kept);
  }
  return groups;
}
