import { sql } from "kysely";
import { expect, test } from "vitest";
import { describeEngine } from "../../support/engine.ts";

const DUE = 9_000;
const CHUNK = 500;
/** What a process may have taken and not carried: sixteen chunks. */
const MOST = 16 * CHUNK;

describeEngine(
  "back-pressure",
  (engine) => {
    test("claims no more than a bounded part of what is due while no worker carries anything", async () => {
      const t = engine();
      await t.enroll();
      await sql`
      insert into enrollments (id, sequence_id, version, target_type, target_id, contact_id, live_key,
        state, step_id, base_at, next_due_at, expires_at, started_at, updated_at)
      select gen_random_uuid(), sequence_id, version, target_type, target_id, contact_id, 'live-' || n,
        state, step_id, base_at, next_due_at, expires_at, started_at, updated_at
      from enrollments e, generate_series(2, ${sql.lit(DUE)}) n`.execute(t.db);
      const chunks = await t.h.claim();
      expect(chunks).toHaveLength(MOST / CHUNK);
      expect(await t.h.claim()).toEqual([]);
      const sizes = await t.db
        .selectFrom("enrollments")
        .select(({ fn }) => ["chunk_id", fn.countAll<string>().as("count")])
        .where("chunk_id", "is not", null)
        .groupBy("chunk_id")
        .execute();
      expect(sizes.map((one) => Number(one.count))).toEqual(chunks.map(() => CHUNK));

      // One chunk carried makes room for one more.
      await t.h.execute(chunks[0]!);
      expect(t.h.sent).toHaveLength(CHUNK);
      expect(await t.h.claim()).toHaveLength(1);
    });
  },
  ["PostgreSQL"],
);
