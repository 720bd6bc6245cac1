import type { Clock } from "../../core/clock.ts";
import { isTriggeredBySilence } from "../../core/enrollment/index.ts";
import type { Db } from "../../store/database.ts";
import { listAwaitingSilence } from "../../store/sequences.ts";
import { lockSilent } from "../../store/silence.ts";
import type { Engine } from "../engine.ts";
import { periodOf } from "../execute/period.ts";
import { transact } from "../transact.ts";
import { startFitting, type Candidate } from "./trigger.ts";

const PAGE = 200;
/**
 * A silence that is longer than its trigger by more than this begins nothing: a sequence that is new must not
 * write to everybody who went quiet years ago. A server may be away for as long without missing one.
 */
const LOOK_BACK_MS = 24 * 60 * 60 * 1000;

/**
 * Enrolls conversations that have been quiet for as long as a trigger says: `{ inactive: 2 days }` begins once
 * for each silence, counted from the contact's last message. Safe in several processes at once.
 * @param mustStop asked between pages
 * @returns how many began
 */
export async function startSilent(
  given: { readonly db: Db; readonly clock: Clock; readonly engine: Engine },
  mustStop: () => boolean = () => false,
): Promise<number> {
  const { db, clock, engine } = given;
  let began = 0;
  for (const { id: sequence, version, inactive } of await listAwaitingSilence(db)) {
    for (let after: string | undefined = ""; after !== undefined && !mustStop();) {
      const from: string = after;
      const page = await transact(db, async (trx) => {
        const now = clock.now();
        const to = now - periodOf(inactive, now);
        const ids = await lockSilent(trx, sequence, { from: to - LOOK_BACK_MS, to }, from, PAGE);
        const candidates = ids.map((id): Candidate => ({
          sequence,
          version,
          target: { type: "conversation", id },
          fits: (program, workspace, facts) =>
            isTriggeredBySilence(program, inactive, workspace, facts),
        }));
        const started = await startFitting(trx, engine, candidates, now);
        return { ids, began: started.length };
      });
      began += page.began;
      after = page.ids.length === PAGE ? page.ids.at(-1) : undefined;
    }
  }
  return began;
}
