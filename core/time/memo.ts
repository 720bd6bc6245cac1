/**
 * Remembers the results of a pure function of one key. At `limit` entries it forgets all of them:
 * keys may come from outside, and a plain map would grow for as long as the process runs.
 */
export function memoize<K extends string | number, V>(
  limit: number,
  compute: (key: K) => V,
): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = compute(key);
      if (known.size >= limit) known.clear();
      known.set(key, value);
    }
    return value;
  };
}
