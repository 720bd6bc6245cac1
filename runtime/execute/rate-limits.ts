import type { Clock } from "../../core/clock.ts";
import type { Inbox } from "../../core/language/policy.ts";
import type { Db } from "../../store/database.ts";
import { listSends, takeSends, type Rate } from "../../store/inbox-sends.ts";
import { periodOf } from "./period.ts";

/** How many messages each inbox may still send now. */
export interface RateLimits {
  /** Takes up to `wanted` sends of an inbox's allowance; 0 when there is none left. */
  take(inbox: Inbox, wanted: number): Promise<number>;
  /** When as many sends may try again, ascending (epoch ms): each is promised a slot of its own. */
  promise(inbox: Inbox, sends: number): Promise<readonly number[]>;
}

/**
 * Never lets more than `messages` through within any `per`, all processes together. Promised slots spread
 * what has to wait, so that a thousand waiting messages are not all looked at again whenever one may go;
 * another process may promise the same slot, and then one of the two is put off once more.
 */
export function createRateLimits(db: Db, clock: Clock): RateLimits {
  /** By inbox; ascending, epoch ms. */
  const promises = new Map<string, number[]>();

  return {
    async take(inbox, wanted) {
      const now = clock.now();
      const rate = rateOf(inbox, now);
      return rate === null ? wanted : takeSends(db, inbox.id, rate, wanted, now);
    },
    async promise(inbox, sends) {
      const now = clock.now();
      const rate = rateOf(inbox, now);
      if (rate === null) return Array<number>(sends).fill(now);
      const sent = await listSends(db, inbox.id, rate, now);
      const promised = (promises.get(inbox.id) ?? []).filter((at) => at > now);
      promises.set(inbox.id, promised);
      return Array.from({ length: sends }, () => {
        // A slot is free one period after the one that is `messages` slots before it.
        const before = sent.length + promised.length - rate.messages;
        const earlier = before < sent.length ? sent[before] : promised[before - sent.length];
        const slot = earlier === undefined ? now : earlier + rate.periodMs;
        promised.push(slot);
        return slot;
      });
    },
  };
}

function rateOf({ rate_limit: limit }: Inbox, now: number): Rate | null {
  if (limit === null) return null;
  return { messages: limit.messages, periodMs: periodOf(limit.per, now) };
}
