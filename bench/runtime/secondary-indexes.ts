import { sql } from "kysely";
import type { Db } from "../../store/database.ts";

/**
 * Lets many rows into tables that have no index meanwhile but those that a constraint rests on: an index
 * built at once, from sorted rows, takes a fraction of one that grows row by row. What was there is created
 * again as it was.
 * @param trx a transaction; the tables are its own until it ends
 */
export async function withoutSecondaryIndexes(
  trx: Db,
  tables: readonly string[],
  fill: () => Promise<void>,
): Promise<void> {
  const { rows } = await sql<{ name: string; definition: string }>`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class c on c.oid = i.indrelid
    where c.oid = any(${[...tables]}::regclass[])
      and not exists (select from pg_constraint where conindid = i.indexrelid)
  `.execute(trx);
  for (const { name } of rows) await sql`drop index ${sql.raw(name)}`.execute(trx);
  await fill();
  await sql`set local maintenance_work_mem = '1GB'`.execute(trx);
  for (const { definition } of rows) await sql.raw(definition).execute(trx);
}
