import { readFile } from "node:fs/promises";
import { sql } from "kysely";
import type { Db } from "../../store/database.ts";

/** Linux counts in hundredths of a second. */
const TICK_MICROSECONDS = 10_000;

/** The CPU that PostgreSQL's processes for clients have used so far, by process, in microseconds. */
type BackendCpu = ReadonlyMap<number, number>;

/** @returns nothing where the system does not tell, which only Linux does */
export async function backendCpu(db: Db): Promise<BackendCpu> {
  const { rows } = await sql<{ pid: number }>`
    select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()
  `.execute(db);
  const used = rows.map(async ({ pid }) => {
    const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
    // The name in parentheses may hold spaces; user and system time are the 12th and 13th after it.
    const [user, system] = text?.split(") ").at(-1)?.split(" ").slice(11, 13).map(Number) ?? [];
    return [pid, ((user ?? NaN) + (system ?? NaN)) * TICK_MICROSECONDS] as const;
  });
  return new Map(await Promise.all(used));
}

/** What was used between two looks, by the processes that are there at the second. */
export function usedBetween(before: BackendCpu, after: BackendCpu): number {
  const each = [...after].map(([pid, used]) => used - (before.get(pid) ?? 0));
  return each.reduce((sum, used) => sum + used, 0);
}
