import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { populate } from "../../bench/runtime/population.ts";
import { claimDue } from "../../store/claim.ts";
import { openPostgres, type Database } from "../../store/database.ts";
import { newId } from "../../store/ids.ts";
import { migrate } from "../../store/migrate.ts";
import { createDatabase } from "../support/postgres.ts";

const NOW = Date.parse("2026-03-02T10:00:00Z");
const DAY = 86_400_000;
let database: Database;

beforeAll(async () => {
  database = await openPostgres((await createDatabase()).url);
  await migrate(database.db);
});
afterAll(() => database.close());

test("a claim looks up what it claims, however many are overdue", async () => {
  const { db } = database;
  // At as many instants, so that PostgreSQL expects to find hardly any pair of due time and enrollment.
  const due = Array.from({ length: 500 }, (_, second) => NOW - 1_000 * second);
  await populate(db, 40_000, { size: 40, due, later: NOW + DAY }, NOW - DAY);
  const scanned = async () => {
    await sql`select pg_stat_force_next_flush()`.execute(db);
    const { rows } = await sql<{ scans: string }>`
      select seq_tup_read as scans from pg_stat_user_tables where relname = 'enrollments'`.execute(db);
    return Number(rows[0]?.scans);
  };
  const before = await scanned();
  const claimed = await db.transaction().execute((trx) => claimDue(trx, newId(NOW), 500, NOW));
  expect(claimed).toBe(500);
  expect((await scanned()) - before).toBe(0);
});
