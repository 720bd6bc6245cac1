import { sql } from "kysely";
import type { Db } from "./database.ts";
import { ending, movedOf, type EndedRow, type Finish, type Moved } from "./finish.ts";
import {
  opening,
  openedOf,
  supersededByIntent,
  type Intent,
  type OpenedRow,
  type WaveRun,
} from "./intents.ts";
import { prepared } from "./prepared.ts";

/**
 * Ends one wave and opens the next in one statement, which costs less than two: each as `finishWave` and
 * `openIntents` do it, for enrollments of their own, or neither.
 * @param now epoch ms
 * @throws Superseded as `openIntents` does
 */
export async function turnWave(
  db: Db,
  run: WaveRun,
  finishes: readonly Finish[],
  intents: readonly Intent[],
  now: number,
): Promise<{ readonly moved: Moved; readonly messages: ReadonlyMap<string, string> }> {
  const { rows } = await sql<EndedRow & OpenedRow>`${prepared}
    with ${ending(run, finishes, now)}, ${opening(run, intents, now)}
    select * from ended, sending
  `
    .execute(db)
    .catch(supersededByIntent);
  return { moved: movedOf(rows[0]!), messages: openedOf(rows[0]!) };
}
