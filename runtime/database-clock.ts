import { sql } from "kysely";
import type { Clock } from "../core/clock.ts";
import type { Db } from "../store/database.ts";
import { createLoop } from "./loop.ts";
import type { Log } from "./log.ts";

/** The database's clock as far as it is known here. */
interface DatabaseClock extends Clock {
  /** Asks the database for the time again. */
  follow(): Promise<void>;
  stop(): Promise<void>;
}

const FOLLOW_EVERY_MS = 10_000;
/** Of several answers the quickest one tells most. */
const QUESTIONS = 3;

/**
 * One clock for all processes, whatever their machines' clocks say: the database's. Between two questions
 * it goes on by the process's own ticks, which no correction of the machine's time can move. The way of an
 * answer is not counted, so it is behind the database by that much: late, never early.
 * @param ticks milliseconds since any fixed moment
 */
export async function followDatabaseClock(
  db: Db,
  log: Log,
  ticks: () => number = () => performance.now(),
): Promise<DatabaseClock> {
  let offset = await ask();

  async function ask(): Promise<number> {
    const offsets: number[] = [];
    for (let i = 0; i < QUESTIONS; i++) {
      const { rows } = await sql<{ now: string }>`
        select extract(epoch from clock_timestamp()) * 1000 as now
      `.execute(db);
      offsets.push(Number(rows[0]?.now) - ticks());
    }
    return Math.max(...offsets);
  }
  const follow = async () => {
    offset = await ask();
  };
  const loop = createLoop("clock", FOLLOW_EVERY_MS, follow, log);
  loop.start();
  return { now: () => Math.floor(ticks() + offset), follow, stop: () => loop.stop() };
}
