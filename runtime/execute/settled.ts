import { setTimeout as pause } from "node:timers/promises";
import { finishWave, NOBODY_MOVED, type Finish, type Moved } from "../../store/finish.ts";
import type { Execution, Run } from "./run.ts";

/** Pauses between attempts: all in all well within a chunk's expiry. */
const PAUSES_MS = [50, 500, 2_000, 5_000];

/** SQLSTATE classes that say nothing about the statement: connection, resources, shutdown, rollback. */
const PASSING = /^(?:08|53|57P|40001|40P01)/;
const SQLSTATE = /^[0-9A-Z]{5}$/;

/**
 * Does what may be done twice, and again when the database was away for a moment.
 * @throws what says something about the work itself; or the last failure, when the database stays away
 */
export async function throughOutages<T>(work: () => Promise<T>): Promise<T> {
  for (const wait of PAUSES_MS) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await pause(wait);
    }
  }
  return work();
}

/**
 * Records what has happened. The messages are out already, so losing this would leave each of them
 * `unknown` for a person to settle: a database that is away for a moment is asked again, and one row that
 * the database refuses does not take its wave down with it.
 */
export async function finishSurely(
  execution: Execution,
  run: Run,
  finishes: readonly Finish[],
): Promise<Moved> {
  const { db, clock, log } = execution;
  try {
    return await throughOutages(() => finishWave(db, run, finishes, clock.now()));
  } catch (error) {
    if (isPassing(error)) throw error;
    if (finishes.length > 1) return oneByOne(execution, run, finishes);
    const enrollment = finishes[0]?.enrollment_id;
    log.error("finish_refused", { chunk: run.chunkId, enrollment, error: String(error) });
    return NOBODY_MOVED;
  }
}

async function oneByOne(
  execution: Execution,
  run: Run,
  finishes: readonly Finish[],
): Promise<Moved> {
  const moved: Moved[] = [];
  for (const finish of finishes) moved.push(await finishSurely(execution, run, [finish]));
  return together(moved);
}

/** What several statements moved. */
export function together(moved: readonly Moved[]): Moved {
  return {
    ids: moved.flatMap(({ ids }) => ids),
    areStale: moved.some(({ areStale }) => areStale),
  };
}

/** The server was away, or chose this statement as a deadlock's victim: it may be asked again. */
export function isPassing(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return typeof code !== "string" || !SQLSTATE.test(code) || PASSING.test(code);
}
