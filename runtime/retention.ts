import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import type { Policy } from "../core/language/policy.ts";
import type { Db } from "../store/database.ts";
import { forgetUnasked } from "../store/outgoing.ts";
import {
  clearMessages,
  forgetDeeds,
  forgetEnrollments,
  forgetEvents,
  forgetInbound,
  listForgottenContacts,
} from "../store/retention.ts";
import { NothingPublished } from "./create-engine.ts";
import type { Engine } from "./engine.ts";
import { erase, removeFromOutbox } from "./erase.ts";
import { periodOf } from "./execute/period.ts";
import type { Log } from "./log.ts";
import { transact } from "./transact.ts";

const PAGE = 500;
/** What is to be told to the outside waits so long for somebody who tells it. */
const TELLING_WAITS_MS = 7 * 24 * 3_600_000;
/** Who erases a contact whose time is over. */
const BY = "retention";

interface Retention {
  readonly db: Db;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly log: Log;
  readonly dataDir: string;
}

/**
 * Forgets what the workspace's `retention` no longer keeps, page by page, so that no transaction is long; and
 * what is to be told to the outside, once nobody tells it any more. Safe in several processes at once.
 * @param mustStop asked between pages
 */
export async function forgetExpired(
  retention: Retention,
  mustStop: () => boolean = () => false,
): Promise<void> {
  const { db, clock, engine, log } = retention;
  const now = clock.now();
  await forgetUnasked(db, now - TELLING_WAITS_MS);
  const policy = await policyOf(engine, db);
  if (policy === null) return;
  const done: { [dataClass: string]: number } = {};
  for (const [dataClass, forget] of Object.entries(CLASSES)) {
    const before = cutoff(policy, dataClass, now);
    if (before === null) continue;
    for (let forgotten = PAGE; forgotten > 0 && !mustStop();) {
      forgotten = await forget(retention, before, now);
      if (forgotten > 0) done[dataClass] = (done[dataClass] ?? 0) + forgotten;
    }
  }
  if (Object.keys(done).length > 0) log.info("forgotten", done);
}

async function policyOf(engine: Engine, db: Db): Promise<Policy | null> {
  try {
    return (await engine.workspace(db)).policy;
  } catch (error) {
    if (error instanceof NothingPublished) return null;
    throw error;
  }
}

/** @returns epoch ms; null where the class is kept */
function cutoff({ retention }: Policy, dataClass: string, now: number): number | null {
  const kept = retention[dataClass];
  return kept === undefined ? null : now - periodOf(kept, now);
}

/** What forgets a page of each class. @returns how many there were; 0 at the end */
const CLASSES: {
  readonly [dataClass: string]: (given: Retention, before: number, now: number) => Promise<number>;
} = {
  async messages({ db, dataDir }, before) {
    const { cleared, looked } = await transact(db, (trx) => clearMessages(trx, before, PAGE));
    await removeFromOutbox(join(dataDir, "outbox"), cleared);
    return looked + (await transact(db, (trx) => forgetInbound(trx, before, PAGE)));
  },
  async history({ db, dataDir }, before) {
    const { messages, forgotten } = await transact(db, (trx) =>
      forgetEnrollments(trx, before, PAGE),
    );
    await removeFromOutbox(join(dataDir, "outbox"), messages);
    return forgotten;
  },
  async contacts({ db, dataDir }, before, now) {
    const ids = await listForgottenContacts(db, before, PAGE);
    for (const id of ids) {
      const messages = await transact(db, (trx) => erase(trx, id, BY, now));
      await removeFromOutbox(join(dataDir, "outbox"), messages ?? []);
    }
    return ids.length;
  },
  events: ({ db }, before) => transact(db, (trx) => forgetEvents(trx, before, PAGE)),
  audit: ({ db }, before) => transact(db, (trx) => forgetDeeds(trx, before, PAGE)),
};
