import { expect, test } from "vitest";
import { startQueues } from "../../runtime/queues.ts";
import { sweep } from "../../runtime/sweep.ts";
import { iso } from "../../store/placement.ts";
import { takeKeys } from "../../store/idempotency.ts";
import { describeEngine, NOW } from "../support/engine.ts";
import { silent } from "../support/harness.ts";

const HOUR = 3_600_000;

describeEngine("the sweeper", (engine) => {
  test("forgets an idempotency key after a day, and not before", async () => {
    const t = engine();
    const queues = await startQueues(t.database, silent);
    await queues.stop(1000);
    const use = (key: string) => ({ apiKeyId: "k1", key, requestHash: "hash" });
    await takeKeys(t.db, [use("old")], NOW);
    await takeKeys(t.db, [use("young")], NOW + HOUR);
    const kept = async () => {
      await sweep(t.h.execution);
      const rows = t.db.selectFrom("idempotency_keys").select("key").orderBy("key");
      return (await rows.execute()).map((row) => row.key);
    };
    t.h.clock.set(NOW + 24 * HOUR);
    expect(await kept()).toEqual(["old", "young"]);
    t.h.clock.set(NOW + 24 * HOUR + 1);
    expect(await kept()).toEqual(["young"]);
    t.h.clock.set(iso(NOW + 26 * HOUR));
    expect(await kept()).toEqual([]);
  });
});
