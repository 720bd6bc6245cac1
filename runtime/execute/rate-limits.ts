import type { Clock } from "../../core/clock.ts";
import type { Inbox } from "../../core/language/policy.ts";
import { addDuration, type Calendar } from "../../core/time/index.ts";

/** How many messages each inbox may still send now, in this process. */
export interface RateLimits {
  /**
   * Takes up to `wanted` sends of an inbox's allowance.
   * @returns how many are allowed now, and when (epoch ms) the next one will be
   */
  take(inbox: Inbox, wanted: number): { readonly allowed: number; readonly nextAt: number };
}

const EVERY_DAY: Calendar = {
  isHoliday: () => false,
  isBusinessDay: () => true,
  windows: () => null,
};

/**
 * A bucket per inbox that refills evenly: `messages` per `per`, and never more than that at once. What
 * is not allowed now waits until some of it is.
 */
export function createRateLimits(clock: Clock): RateLimits {
  const buckets = new Map<string, { level: number; at: number }>();
  return {
    take(inbox, wanted) {
      const now = clock.now();
      if (inbox.rate_limit === null) return { allowed: wanted, nextAt: now };
      const { messages, per } = inbox.rate_limit;
      const period = addDuration(now, per, "UTC", EVERY_DAY) - now;
      const known = buckets.get(inbox.id) ?? { level: messages, at: now };
      const refilled = known.level + (Math.max(0, now - known.at) / period) * messages;
      const level = Math.min(messages, refilled);
      const allowed = Math.min(wanted, Math.floor(level));
      buckets.set(inbox.id, { level: level - allowed, at: now });
      return { allowed, nextAt: now + Math.ceil(period / messages) };
    },
  };
}
