import { isIPv6 } from "node:net";
import type { Clock } from "../../core/clock.ts";

const MINUTE = 60_000;
/** How many are remembered at most: an attacker's addresses must not fill the memory. */
const MOST = 10_000;

/** How often somebody may do something: so many times at once, which fill up again within a minute. */
interface Allowance {
  /** How long somebody has to wait, in milliseconds, before they may again; 0 now. */
  wait(who: string): number;
  /** Counts one. */
  take(who: string): void;
}

/**
 * An allowance a minute. One number is kept for each: until when what they have used is not filled up again.
 * @param perMinute 0: no limit
 */
export function allowance(clock: Clock, perMinute: number): Allowance {
  if (perMinute === 0) return { wait: () => 0, take: () => undefined };
  const cost = MINUTE / perMinute;
  const emptyUntil = new Map<string, number>();
  // A clock that was set back must lock nobody out for longer than a minute.
  const usedAt = (who: string, now: number) =>
    Math.min(Math.max(emptyUntil.get(who) ?? now, now), now + MINUTE);
  return {
    wait(who) {
      const now = clock.now();
      return Math.max(0, Math.ceil(usedAt(who, now) + cost - MINUTE - now));
    },
    take(who) {
      const now = clock.now();
      const until = usedAt(who, now) + cost;
      // In the order of their last use: the first is the one to forget.
      emptyUntil.delete(who);
      const [oldest] = emptyUntil.size < MOST ? [] : emptyUntil.keys();
      if (oldest !== undefined) emptyUntil.delete(oldest);
      emptyUntil.set(who, until);
    },
  };
}

/** Whom an address belongs to: with IPv6 one customer has a whole network of them. */
export function ownerOf(address: string): string {
  if (!isIPv6(address) || address.startsWith("::ffff:")) return address;
  const [head = "", tail] = address.split("%", 1)[0]!.split("::");
  const [front, back] = [head, tail ?? ""].map((part) => part.split(":").filter(Boolean));
  const zeros = tail === undefined ? 0 : 8 - front!.length - back!.length;
  const groups = [...front!, ...Array.from({ length: zeros }, () => "0"), ...back!];
  return `${groups.slice(0, 4).join(":")}::/64`;
}
