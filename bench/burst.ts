import { countNamed, isQuick, median } from "./measure.ts";
import { reportOnCluster } from "./runtime/cluster.ts";
import { Contender } from "./runtime/contender.ts";
import { daysFrom, openWaiting, wavesOf, WORKERS } from "./runtime/waiting.ts";

/**
 * 5,000 due at one instant among many that wait, two worker processes, a clock that runs: how long after
 * that instant each message reaches the channel.
 */
const WAITING = countNamed(200_000, 2_000);
const BURST = isQuick ? 500 : 5_000;
const ROUNDS = isQuick ? 1 : 5;
/** How long before a burst the clock begins to run towards it. */
const LEAD_MS = 2_000;
/** Not a part of any pause of the engine's, so that bursts meet its rounds at different moments. */
const JITTER_MS = 137;

await reportOnCluster(async (url) => {
  // One more than the rounds: the first warms up.
  const due = daysFrom(0, ROUNDS + 1);
  const database = await openWaiting(url, WAITING, wavesOf(BURST, due));
  await database.close();

  const workers = await Contender.start("burst-worker.ts", WORKERS, url);
  const figures: { p50: number[]; p99: number[]; most: number[] } = { p50: [], p99: [], most: [] };
  for (const [round, instant] of due.entries()) {
    await workers.carryOut(instant - LEAD_MS - round * JITTER_MS, BURST);
    const late = workers.takeSent().map((at) => at - instant);
    if (late.some((ms) => ms < 0)) throw new Error("a message went before it was due");
    late.sort((a, b) => a - b);
    if (round === 0) continue;
    figures.p50.push(late[BURST * 0.5] ?? Number.NaN);
    figures.p99.push(late[BURST * 0.99] ?? Number.NaN);
    figures.most.push(late.at(-1) ?? Number.NaN);
  }
  await workers.stop();
  return {
    waiting: WAITING,
    "due at one instant": BURST,
    "due to sent, median, ms": median(figures.p50),
    "due to sent, p99, ms": median(figures.p99),
    "due to sent, the last, ms": median(figures.most),
  };
});
