import type { Db } from "../store/database.ts";
import { isQuick, median } from "./measure.ts";
import { carryWave } from "./runtime/carry.ts";
import { reportOnCluster } from "./runtime/cluster.ts";
import { Contender } from "./runtime/contender.ts";
import { populate } from "./runtime/population.ts";
import { daysFrom, ENROLLED, openWaiting, wavesOf, WORKERS } from "./runtime/waiting.ts";

/**
 * Steps a second where many more wait: one database, carried by two worker processes at 200,000, then filled
 * up to a million and to five; and the most memory that a worker needs which is alone with a million.
 */
const SIZES = isQuick ? [2_000, 4_000, 8_000] : [200_000, 1_000_000, 5_000_000];
const ROUNDS = isQuick ? 1 : 5;
const STEPS = isQuick ? 200 : 20_000;
/** The size, by its place, at which one worker carries a wave alone. */
const ALONE = 1;
/** A warm-up and the rounds. */
const TURNS = ROUNDS + 1;

await reportOnCluster(async (url) => {
  const [first = 0, ...more] = SIZES;
  const { db, close } = await openWaiting(url, first, wavesOf(STEPS, duesAt(0)));
  const rates = [await stepsPerSecond(db, url, 0)];
  let peak = Number.NaN;
  for (const [index, size] of more.entries()) {
    const place = index + 1;
    await populate(db, size, wavesOf(STEPS, duesAt(place)), ENROLLED, SIZES[index]);
    rates.push(await stepsPerSecond(db, url, place));
    if (place === ALONE) peak = await peakAlone(db, url, place);
  }
  await close();
  const [few = Number.NaN, many = Number.NaN, most = Number.NaN] = rates;
  return {
    "steps/s, 200 k waiting": few,
    "steps/s, 1 M waiting": many,
    "steps/s, 5 M waiting": most,
    "1 M / 200 k": many / few,
    "5 M / 200 k": most / few,
    "peak memory of one worker, 1 M waiting, MB": peak / 1e6,
  };
});

/** When the waves are due that were filled in at a size, each size's on days of their own. */
function duesAt(place: number): number[] {
  return daysFrom(place * (TURNS + 1), place === ALONE ? TURNS + 1 : TURNS);
}

async function stepsPerSecond(db: Db, url: string, place: number): Promise<number> {
  const engine = await Contender.start("engine-worker.ts", WORKERS, url);
  const rates: number[] = [];
  for (const at of duesAt(place).slice(0, TURNS)) {
    rates.push(STEPS / (await carryWave(db, engine, at, STEPS)));
  }
  await engine.stop();
  return median(rates.slice(1));
}

/** @returns bytes */
async function peakAlone(db: Db, url: string, place: number): Promise<number> {
  const engine = await Contender.start("engine-worker.ts", 1, url);
  await carryWave(db, engine, duesAt(place).at(-1) ?? Number.NaN, STEPS);
  const peak = await engine.peakMemory();
  await engine.stop();
  return peak;
}
