const OWN_ID = /<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@[^<>\s]+>/g;
const MOST_ANSWERS = 50;

/** Our messages' ids among Message-IDs: they are `<id@domain>`. */
export function ownIds(texts: readonly string[]): string[] {
  const ids = texts.flatMap((text) => [...text.matchAll(OWN_ID)].map(([, id]) => id!));
  return [...new Set(ids)].slice(0, MOST_ANSWERS);
}
