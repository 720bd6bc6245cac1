import type { Clock } from "../core/clock.ts";

const MOST = 1_000;

/**
 * Remembers what `load` found for a short while, so that a busy caller does not ask the database for
 * the same row on each request. Failures are not remembered.
 * @param ttl milliseconds
 */
export function cache<K, V>(clock: Clock, ttl: number, load: (key: K) => Promise<V>) {
  const entries = new Map<K, { readonly value: Promise<V>; readonly until: number }>();
  return {
    get(key: K): Promise<V> {
      const now = clock.now();
      const found = entries.get(key);
      // A clock that was set back would keep it for as long again: a revoked key, for one.
      const left = found === undefined ? 0 : found.until - now;
      if (found !== undefined && left > 0 && left <= ttl) return found.value;
      if (entries.size >= MOST) entries.clear();
      const value = load(key);
      entries.set(key, { value, until: now + ttl });
      value.catch(() => entries.delete(key));
      return value;
    },
    forget(): void {
      entries.clear();
    },
  };
}
