import { PgBoss } from "pg-boss";
import { createEngine } from "../../runtime/create-engine.ts";
import { createUnsubscribeLinks } from "../../runtime/unsubscribe.ts";
import { openPostgres } from "../../store/database.ts";
import { carryAlone } from "./carry-alone.ts";
import { answerParent } from "./contender.ts";
import { DEFERRED_QUEUE, type DeferredStep } from "./deferred-jobs.ts";
import { ENROLLED } from "./waiting.ts";
import { SEQUENCE } from "./workspace.ts";

/**
 * A worker process that handles each step's job alone. pg-boss would pause between two jobs for as long as
 * between two looks; here it is told after each one to look again at once, and looks seldom by itself only
 * where nothing is due, so as not to take from the others' rounds.
 */
let now = ENROLLED;
let done = 0;
const url = process.env["BENCH_DATABASE"] ?? "";
const { db } = await openPostgres(url);
const engine = createEngine(createUnsubscribeLinks("https://example.com", "secret"));
const boss = new PgBoss(url);
boss.on("error", console.error);
await boss.start();
const carrier = {
  db,
  boss,
  workspace: await engine.workspace(db),
  program: await engine.program(db, SEQUENCE, 1),
};
const worker: string = await boss.work<DeferredStep>(
  DEFERRED_QUEUE,
  { batchSize: 1, pollingIntervalSeconds: 5 },
  async ([job]) => {
    await carryAlone(carrier, job!.data.enrollment, now);
    done += 1;
    boss.notifyWorker(worker);
  },
);
answerParent(
  ({ at }) => {
    now = at;
    boss.notifyWorker(worker);
  },
  () => ({ done }),
);
