import type { Clock } from "../../core/clock.ts";
import type { Duration } from "../../core/language/document.ts";
import type { Inbox } from "../../core/language/policy.ts";
import { addDuration, type Calendar } from "../../core/time/index.ts";

/** How many messages each inbox may still send now, in this process. */
export interface RateLimits {
  /** Takes up to `wanted` sends of an inbox's allowance; 0 when there is none left. */
  take(inbox: Inbox, wanted: number): number;
  /** When as many sends may try again, ascending (epoch ms): each is promised a slot of its own. */
  promise(inbox: Inbox, sends: number): readonly number[];
}

const EVERY_DAY: Calendar = {
  isHoliday: () => false,
  isBusinessDay: () => true,
  windows: () => null,
};

/** One inbox's last sends, and the slots promised to sends that had to wait; both ascending, epoch ms. */
interface Usage {
  sent: number[];
  promised: number[];
}

/**
 * Never lets more than `messages` through within any `per`. Promised slots spread what has to wait, so
 * that a thousand waiting messages are not all looked at again whenever one may go.
 */
export function createRateLimits(clock: Clock): RateLimits {
  const usages = new Map<string, Usage>();

  const usageOf = (inbox: string, period: number): Usage => {
    const now = clock.now();
    const { sent, promised } = usages.get(inbox) ?? { sent: [], promised: [] };
    const usage = {
      sent: sent.filter((at) => at > now - period),
      promised: promised.filter((at) => at > now),
    };
    usages.set(inbox, usage);
    return usage;
  };

  return {
    take({ id, rate_limit: limit }, wanted) {
      if (limit === null) return wanted;
      const { sent } = usageOf(id, periodOf(limit.per, clock.now()));
      const allowed = Math.max(0, Math.min(wanted, limit.messages - sent.length));
      for (let i = 0; i < allowed; i++) sent.push(clock.now());
      return allowed;
    },
    promise({ id, rate_limit: limit }, sends) {
      const now = clock.now();
      if (limit === null) return Array.from({ length: sends }, () => now);
      const period = periodOf(limit.per, now);
      const { sent, promised } = usageOf(id, period);
      return Array.from({ length: sends }, () => {
        // A slot is free one period after the one that is `messages` slots before it.
        const before = sent.length + promised.length - limit.messages;
        const earlier = before < sent.length ? sent[before] : promised[before - sent.length];
        const slot = earlier === undefined ? now : earlier + period;
        promised.push(slot);
        return slot;
      });
    },
  };
}

function periodOf(per: Duration, now: number): number {
  return addDuration(now, per, "UTC", EVERY_DAY) - now;
}
