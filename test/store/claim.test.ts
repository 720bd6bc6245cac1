import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { populate } from "../../bench/runtime/population.ts";
import { claimDue } from "../../store/claim.ts";
import { openPostgres, type Database, type Db } from "../../store/database.ts";
import { newId } from "../../store/ids.ts";
import { iso } from "../../store/placement.ts";
import { createDatabase, type TestPostgres } from "../support/postgres.ts";

const NOW = Date.parse("2026-03-02T10:00:00Z");
const DAY = 86_400_000;
let postgres: TestPostgres;
let database: Database;

beforeAll(async () => {
  postgres = await createDatabase();
  database = await openPostgres(postgres.url);
});
afterAll(async () => {
  await database.close();
  await postgres.drop();
});

/** The rows that an open transaction has locked, as they are to it. */
async function lockedBy(trx: Db): Promise<number> {
  const own = sql`pg_current_xact_id()::text::bigint & 4294967295`;
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from enrollments where xmax::text::bigint = (${own})`.execute(
    trx,
  );
  return rows[0]?.count ?? Number.NaN;
}

test("a claim looks up what it claims, however many are overdue", async () => {
  const { db } = database;
  // At as many instants, so that PostgreSQL expects to find hardly any pair of due time and enrollment.
  const due = Array.from({ length: 500 }, (_, second) => NOW - 1_000 * second);
  await populate(db, 40_000, { size: 40, due, later: NOW + DAY }, NOW - DAY);
  const scanned = async () => {
    await sql`select pg_stat_force_next_flush()`.execute(db);
    const { rows } = await sql<{ scans: string }>`
      select seq_tup_read as scans from pg_stat_user_tables where relname = 'enrollments'`.execute(
      db,
    );
    return Number(rows[0]?.scans);
  };
  const before = await scanned();
  const claimed = await db.transaction().execute((trx) => claimDue(trx, newId(NOW), 500, NOW));
  expect(claimed).toBe(500);
  expect((await scanned()) - before).toBe(0);
});

test("a claim locks no more than it claims, however few were expected", async () => {
  const { db } = database;
  // In no order, as years of steps leave it, and with hardly any due when the statistics were made.
  await sql`truncate due`.execute(db);
  await sql`
    insert into due select ${iso(NOW)}::timestamptz + (n * 7919 % 100000 - 150) * interval '1 minute',
      gen_random_uuid()
    from generate_series(1, 100000) n`.execute(db);
  await sql`analyze due`.execute(db);
  await sql`
    update enrollments set next_due_at = ${iso(NOW)}::timestamptz - random() * interval '1 hour'
    where state = 'active' and chunk_id is null`.execute(db);
  await db.transaction().execute(async (trx) => {
    expect(await claimDue(trx, newId(NOW), 500, NOW)).toBe(500);
    expect(await lockedBy(trx)).toBe(500);
  });
});
