import { sql, type Kysely } from "kysely";

/** When a provider said that WhatsApp's window in a conversation is closed, whatever is known here. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table targets add column window_closed_at timestamptz`.execute(db);
}
