import type { Clock } from "../../core/clock.ts";
import type { Db } from "../../store/database.ts";
import {
  claimOutgoing,
  forgetFailedOutgoing,
  forgetOutgoing,
  keepOutgoing,
  postponeOutgoing,
  takeFacts,
  type OutgoingEvent,
} from "../../store/outgoing.ts";
import { SEND_TIMEOUT_MS } from "../channels/channel.ts";
import { postJson, type Posted } from "../channels/post-json.ts";
import type { Log } from "../log.ts";
import { eventOf } from "./event.ts";
import { signed, type Subscriber } from "./sign.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** When an event that was not taken is tried again. Source: Standard Webhooks, "Deliverability and reliability". */
const RETRIES = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
const AT_ONCE = 20;
/** What a process that died had in hand is another's after this. */
const LEASE_MS = 2 * SEND_TIMEOUT_MS;
const FAILED_KEPT_MS = 7 * 24 * HOUR;

interface Outgoing {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly subscriber: Subscriber;
}

/**
 * Tells the subscriber what has happened since the last call, at least once each. What is not taken is
 * tried again for three days; the others do not wait for it.
 */
export async function tellSubscriber(outgoing: Outgoing): Promise<void> {
  const { db, clock } = outgoing;
  while (await gatherEvents(outgoing));
  for (;;) {
    const claimed = await claimOutgoing(db, AT_ONCE, LEASE_MS, clock.now());
    if (claimed.length === 0) break;
    const taken = await Promise.all(claimed.map((event) => deliver(outgoing, event)));
    await forgetOutgoing(
      db,
      claimed.filter((_, index) => taken[index]).map((event) => event.id),
    );
  }
  await forgetFailedOutgoing(db, clock.now() - FAILED_KEPT_MS);
}

/** @returns whether there may be more at once */
function gatherEvents({ db, clock, subscriber }: Outgoing): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const now = clock.now();
    const { facts, more } = await takeFacts(trx, now);
    const events = facts.flatMap((fact) => {
      const event = eventOf(fact);
      if (event === null || subscriber.types?.has(event.type) === false) return [];
      return [{ id: fact.id, type: event.type, body: JSON.stringify(event) }];
    });
    await keepOutgoing(trx, events, now);
    return more;
  });
}

/** @returns whether it was taken */
async function deliver(outgoing: Outgoing, event: OutgoingEvent): Promise<boolean> {
  const { db, clock, log, subscriber } = outgoing;
  const now = clock.now();
  const id = `evt_${event.id}`;
  const headers = signed(subscriber.key, id, event.body, now);
  const signal = AbortSignal.timeout(SEND_TIMEOUT_MS);
  const posted = await postJson(subscriber.url, headers, event.body, signal);
  if (posted.kind === "answer" && posted.status >= 200 && posted.status < 300) return true;
  const why = posted.kind === "answer" ? `answered ${posted.status}` : posted.code;
  const next = nextAttempt(event, posted, now);
  if (next === null) log.error("event_given_up", { id, type: event.type, why });
  else log.warn("event_not_taken", { id, type: event.type, why, attempt: event.attempts });
  await postponeOutgoing(db, event.id, why, next, now);
  return false;
}

/** @returns epoch ms; null: no more */
function nextAttempt({ attempts }: OutgoingEvent, posted: Posted, now: number): number | null {
  const pause = RETRIES[attempts - 1];
  if (pause === undefined) return null;
  const asked = posted.kind === "answer" ? (posted.retryAfterMs ?? 0) : 0;
  return now + Math.max(pause, asked);
}
