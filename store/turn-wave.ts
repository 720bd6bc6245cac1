import { sql } from "kysely";
import type { ChunkRun } from "./claim.ts";
import type { Db } from "./database.ts";
import { finishing, movedOf, type EndedRow, type Finish, type Moved } from "./finish.ts";
import { opening, openedOf, supersededByIntent, type Intent, type OpenedRow } from "./intents.ts";
import { prepared } from "./prepared.ts";

/**
 * Ends one wave and opens the next in one statement, which costs less than two: each as `finishWave` and
 * `openIntents` do it, for enrollments of their own, or neither.
 * @param now epoch ms
 * @throws Superseded as `openIntents` does
 */
export async function turnWave(
  db: Db,
  run: ChunkRun,
  finishes: readonly Finish[],
  intents: readonly Intent[],
  now: number,
): Promise<{ readonly moved: Moved; readonly messages: ReadonlyMap<string, string> }> {
  const { rows } = await sql<EndedRow & OpenedRow>`${prepared}
    with ${finishing(run, finishes, now)}, ${opening(run, intents, now)}
    select * from ended, sending
  `
    .execute(db)
    .catch(supersededByIntent);
  return { moved: movedOf(rows[0]!), messages: openedOf(rows[0]!) };
}
