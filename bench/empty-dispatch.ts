import { sql } from "kysely";
import { dispatchDue } from "../runtime/dispatch.ts";
import { countNamed, median, takeTurns } from "./measure.ts";
import { reportOnCluster } from "./runtime/cluster.ts";
import { daysFrom, ENROLLED, openWaiting, wavesOf } from "./runtime/waiting.ts";

/** What it costs to find nothing due among many that wait, and `select 1` on the same connection. */
const WAITING = countNamed(1_000_000, 2_000);
const ROUNDS = 9;
const LOOKS = 100;

await reportOnCluster(async (url) => {
  const { db, close } = await openWaiting(url, WAITING, wavesOf(1, daysFrom(1, 1)));
  const sendChunk = () => Promise.reject(new Error("nothing is due"));
  const queues = { sendChunk, wake() {} };
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
        run: each("dispatch", () => dispatchDue(db, queues, { now: () => ENROLLED })),
      },
    ],
    { rounds: ROUNDS, warmUp: 0 },
  );
  await close();
  const [select, dispatch] = [median(times.select), median(times.dispatch)];
  return {
    waiting: WAITING,
    "empty dispatch, ms": dispatch,
    "select 1, ms": select,
    "empty dispatch / select 1": dispatch / select,
  };
});
