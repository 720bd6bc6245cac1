import type { Publication } from "./publishing.ts";

// Apart from what talks to the database: a plan asks it, too, which has none and is in a hurry.

/** Sequences that are active and not in the commit. */
export function retiredBy(
  { sequences }: Pick<Publication, "sequences">,
  active: ReadonlySet<string>,
): string[] {
  const kept = new Set(sequences.map(({ id }) => id));
  return [...active].filter((id) => !kept.has(id));
}
