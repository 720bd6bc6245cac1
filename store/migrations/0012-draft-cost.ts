import { sql, type Kysely } from "kysely";

/** What a draft's model was paid, in whatever currency the operator's prices are in. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table drafts add column cost double precision not null default 0`.execute(db);
}
