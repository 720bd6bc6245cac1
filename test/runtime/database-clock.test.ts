import { sql } from "kysely";
import { expect, test } from "vitest";
import { followDatabaseClock } from "../../runtime/database-clock.ts";
import type { Db } from "../../store/database.ts";
import { describeEngine } from "../support/engine.ts";
import { silent } from "../support/harness.ts";

const HOUR = 3_600_000;

async function databaseTime(db: Db): Promise<number> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  return rows[0]!.now.getTime();
}

describeEngine("the database's clock", (engine) => {
  test("is neither ahead of the database nor far behind it, whatever the ticks count from", async () => {
    const { db } = engine();
    for (const start of [0, 12_345.678, -HOUR]) {
      const clock = await followDatabaseClock(db, silent, () => start + performance.now());
      const before = await databaseTime(db);
      const now = clock.now();
      const after = await databaseTime(db);
      await clock.stop();
      expect(now).toBeLessThanOrEqual(after);
      expect(now).toBeGreaterThan(before - 1_000);
    }
  });

  test("finds the time again after the process slept", async () => {
    const { db } = engine();
    let slept = 0;
    const clock = await followDatabaseClock(db, silent, () => performance.now() - slept);
    slept = HOUR;
    expect(clock.now()).toBeLessThan((await databaseTime(db)) - HOUR / 2);
    await clock.follow();
    expect(clock.now()).toBeGreaterThan((await databaseTime(db)) - 1_000);
    await clock.stop();
  });
});
