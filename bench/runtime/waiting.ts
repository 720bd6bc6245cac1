import { openPostgres, type Database } from "../../store/database.ts";
import { migrate } from "../../store/migrate.ts";
import { populate, type Waves } from "./population.ts";
import { publishBenchWorkspace } from "./workspace.ts";

const DAY = 86_400_000;
/** A Monday morning in sending hours, whatever the time is. */
const START = Date.parse("2026-03-02T10:00:00Z");
/** When everybody was enrolled, epoch ms: nobody is due yet. */
export const ENROLLED = START - DAY;
/** Worker processes, where a benchmark is not about one alone. */
export const WORKERS = 2;

/** When each of so many waves is due, epoch ms: a day apart, and each within sending hours. */
export function daysFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => START + (first + index) * DAY);
}

/** Waves of one size; whoever is in none is due after all of them. */
export function wavesOf(size: number, due: readonly number[]): Waves {
  return { size, due, later: START + 60 * DAY };
}

/** An empty database with the benchmarks' workspace published and so many enrollments that wait. */
export async function openWaiting(url: string, count: number, waves: Waves): Promise<Database> {
  const database = await openPostgres(url);
  await migrate(database.db);
  await publishBenchWorkspace(database.db, ENROLLED);
  await populate(database.db, count, waves, ENROLLED);
  return database;
}
