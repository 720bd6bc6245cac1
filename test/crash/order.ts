import type { Case } from "./matrix.ts";

/**
 * The cases of a run, in an order that its seed decides: every point comes once before any comes twice,
 * and all cases come before the first is repeated. Every third process that dies has a successor that dies
 * at a point of its own.
 */
export function inOrder(cases: readonly Case[], seed: number, runs: number): Case[] {
  const next = random(seed);
  const shuffled = cases
    .map((one) => ({ one, rank: next() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ one }) => one);
  const groups = [...Map.groupBy(shuffled, ({ role, point }) => `${role} ${point}`).values()];
  const longest = Math.max(0, ...groups.map((group) => group.length));
  const rounds = Array.from({ length: longest }, (_, i) =>
    groups.flatMap((group) => group[i] ?? []),
  );
  const all = rounds.flat();
  if (all.length === 0) return [];
  return Array.from({ length: runs }, (_, i) => {
    const one = all[i % all.length]!;
    if (one.whom !== "the process" || next() > 1 / 3) return one;
    const others = all.filter(({ role, whom }) => role === one.role && whom === one.whom);
    return { ...one, successor: others[Math.floor(next() * others.length)]! };
  });
}

/** Mulberry32: small, and the same everywhere. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
