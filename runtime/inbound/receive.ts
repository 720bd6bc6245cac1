import type { Clock } from "../../core/clock.ts";
import type { Db } from "../../store/database.ts";
import {
  closeInboundEvent,
  forgetInboundEvents,
  listDueInboundEvents,
  postponeInboundEvent,
  saveInboundEvents,
  takeInboundEvent,
} from "../../store/inbound.ts";
import type { Engine } from "../engine.ts";
import type { Log } from "../log.ts";
import { transact } from "../transact.ts";
import { applyInbound } from "./apply.ts";
import type { InboundEvent } from "./events.ts";

interface Receiver {
  readonly db: Db;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly log: Log;
}

/** Providers give up on an answer after some seconds; what is left by then is applied by the sweep. */
const APPLY_WITHIN_MS = 3_000;
/** A report about a message that is none of ours by then never will be. */
const WAITED_FOR_MS = 60 * 60_000;
/** What has failed for this long is a mistake of ours, and in the log. */
const GIVEN_UP_AFTER_MS = 7 * 24 * 60 * 60_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** Longer than any provider delivers again. */
const KEYS_KEPT_MS = 30 * 24 * 60 * 60_000;
const BATCH = 200;

/**
 * Takes a webhook's events in durably, each once, and applies them. What cannot be applied now is tried
 * again by the sweep: a webhook that was answered is never lost.
 * @param inbox the inbox's id
 * @returns how many were new
 */
export async function receive(
  receiver: Receiver,
  inbox: string,
  events: readonly InboundEvent[],
): Promise<number> {
  const { db, clock } = receiver;
  const until = performance.now() + APPLY_WITHIN_MS;
  const ids = await transact(db, (trx) => saveInboundEvents(trx, inbox, events, clock.now()));
  for (const id of ids) {
    if (performance.now() > until) break;
    await applyOne(receiver, id);
  }
  return ids.length;
}

/** Applies what is due, and forgets the keys that have served their time. Safe in several processes at once. */
export async function sweepInbound(receiver: Receiver): Promise<void> {
  const { db, clock } = receiver;
  for (let found = BATCH; found === BATCH;) {
    const ids = await listDueInboundEvents(db, BATCH, clock.now());
    for (const id of ids) await applyOne(receiver, id);
    found = ids.length;
  }
  await forgetInboundEvents(db, clock.now() - KEYS_KEPT_MS);
}

async function applyOne({ db, clock, engine, log }: Receiver, id: string): Promise<void> {
  try {
    await transact(db, async (trx) => {
      const now = clock.now();
      const taken = await takeInboundEvent(trx, id);
      if (taken === null) return;
      const { inboxes } = await engine.workspace(trx);
      const inbox = inboxes.get(taken.inbox_id);
      if (inbox === undefined) return closeInboundEvent(trx, id, "the inbox is gone");
      const event = taken.event as InboundEvent;
      const receivedAt = taken.received_at.getTime();
      if (now - receivedAt >= GIVEN_UP_AFTER_MS) return closeInboundEvent(trx, id, "failed");
      const outcome = await applyInbound(trx, engine, { inbox, event, receivedAt }, now);
      if (outcome === "applied") return closeInboundEvent(trx, id, "applied");
      if (now - receivedAt >= WAITED_FOR_MS)
        return closeInboundEvent(trx, id, "about nothing of ours");
      return postponeInboundEvent(trx, id, now + pauseAfter(taken.attempts));
    });
  } catch (error) {
    log.error("inbound_failed", { event: id, error: String(error) });
    await postponeInboundEvent(db, id, clock.now() + LONGEST_PAUSE_MS);
  }
}

function pauseAfter(attempts: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** attempts, LONGEST_PAUSE_MS);
}
