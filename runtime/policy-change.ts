import type { Clock } from "../core/clock.ts";
import type { Db } from "../store/database.ts";
import { listWaitingAfter } from "../store/enrollments-waiting.ts";
import { markRederived, readPendingRevision } from "../store/workspace.ts";
import type { Engine } from "./engine.ts";
import { rederiveThese } from "./rederive.ts";
import { transact } from "./transact.ts";

const PAGE = 500;

/**
 * Re-derives every waiting enrollment after the policy or an inbox changed, page by page, so that no
 * transaction is long. A change that comes meanwhile is found at the next call. Safe in several
 * processes at once: the work would only be done twice.
 * @param mustStop asked between pages; what is not done is done by the next call, from the beginning
 */
export async function rederiveAfterPolicyChange(
  given: { readonly db: Db; readonly clock: Clock; readonly engine: Engine },
  mustStop: () => boolean = () => false,
): Promise<void> {
  const { db, clock, engine } = given;
  const revision = await readPendingRevision(db);
  if (revision === null) return;
  for (let after: string | null = null, ids: string[] = []; ; after = ids.at(-1) ?? null) {
    if (mustStop()) return;
    ids = await listWaitingAfter(db, after, PAGE);
    await transact(db, (trx) => rederiveThese(trx, engine, ids, "policy", clock.now()));
    if (ids.length < PAGE) break;
  }
  await markRederived(db, revision);
}
