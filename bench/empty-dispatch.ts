import { sql } from "kysely";
import { dispatchDue } from "../runtime/dispatch.ts";
import { openPostgres } from "../store/database.ts";
import { migrate } from "../store/migrate.ts";
import { median, report, takeTurns } from "./measure.ts";
import { startBenchCluster } from "./runtime/cluster.ts";
import { populate } from "./runtime/population.ts";
import { publishBenchWorkspace } from "./runtime/workspace.ts";

/** What it costs to find nothing due among many that wait, and `select 1` on the same connection. */
const WAITING = Number(process.argv.find((one) => /^\d+$/.test(one)) ?? 1_000_000);
const ROUNDS = 9;
const LOOKS = 100;
const DAY = 86_400_000;
const START = Date.parse("2026-03-02T10:00:00Z");

const cluster = await startBenchCluster();
try {
  const database = await openPostgres(cluster.url);
  const { db } = database;
  await migrate(db);
  await publishBenchWorkspace(db, START - DAY);
  await populate(
    db,
    WAITING,
    { size: 1, due: [START + DAY], later: START + 60 * DAY },
    START - DAY,
  );
  const queues = { sendChunk: () => Promise.reject(new Error("nothing is due")) };
  const times: Record<"select" | "dispatch", number[]> = { select: [], dispatch: [] };
  const each = (name: keyof typeof times, look: () => Promise<unknown>) => async () => {
    for (let n = 0; n < LOOKS; n++) {
      const start = performance.now();
      await look();
      times[name].push(performance.now() - start);
    }
  };
  await takeTurns(
    [
      { name: "select", run: each("select", () => sql`select 1`.execute(db)) },
      {
        name: "dispatch",
        run: each("dispatch", () => dispatchDue(db, queues, { now: () => START })),
      },
    ],
    { rounds: ROUNDS, warmUp: 0 },
  );
  await database.close();
  const [select, dispatch] = [median(times.select), median(times.dispatch)];
  report({
    waiting: WAITING,
    "empty dispatch, ms": dispatch,
    "select 1, ms": select,
    "empty dispatch / select 1": dispatch / select,
  });
} finally {
  await cluster.stop();
}
