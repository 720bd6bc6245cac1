import { listWaitingAfter } from "../store/enrollments-waiting.ts";
import type { Clock } from "../core/clock.ts";
import type { Db } from "../store/database.ts";
import { markRederived, readPendingRevision } from "../store/workspace.ts";
import type { Engine } from "./engine.ts";
import { rederiveThese } from "./rederive.ts";
import { transact } from "./transact.ts";

const PAGE = 500;

/**
 * Re-derives every waiting enrollment after the policy or an inbox changed, page by page, so that no
 * transaction is long. A change that comes meanwhile is found at the next call. Safe in several
 * processes at once: the work would only be done twice.
 */
export async function rederiveAfterPolicyChange(given: {
  readonly db: Db;
  readonly clock: Clock;
  readonly engine: Engine;
}): Promise<void> {
  const { db, clock, engine } = given;
  const revision = await readPendingRevision(db);
  if (revision === null) return;
  let after: string | null = null;
  for (;;) {
    const ids: string[] = await listWaitingAfter(db, after, PAGE);
    await transact(db, (trx) => rederiveThese(trx, engine, ids, "policy", clock.now()));
    after = ids.at(-1) ?? null;
    if (ids.length < PAGE) break;
  }
  await markRederived(db, revision);
}
