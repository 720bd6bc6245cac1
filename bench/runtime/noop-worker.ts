import { PgBoss } from "pg-boss";
import { answerParent, NOOP_QUEUE } from "./contender.ts";

/** pg-boss at its best, doing nothing: batches of 500 from a queue of its own. */
let done = 0;
const boss = new PgBoss({ connectionString: process.env["BENCH_DATABASE"] ?? "", max: 4 });
await boss.start();
const worker = await boss.work(
  NOOP_QUEUE,
  { batchSize: 500, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true },
  async (jobs) => {
    done += jobs.length;
  },
);
answerParent(
  () => boss.notifyWorker(worker),
  () => ({ done }),
);
