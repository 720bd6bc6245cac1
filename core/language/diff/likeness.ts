import type { CanonicalStep } from "../document.ts";
import { contentFields, templateFields } from "./content-fields.ts";

/** Fewer words than these tell nothing about a text. */
const FEWEST = 4;

/**
 * How alike two steps' words are, from 0 to 1; null where there are too few to tell. What is filled in
 * and short words, which any two texts share, do not count.
 */
export function likeness(a: CanonicalStep, b: CanonicalStep): number | null {
  const one = wordsOf(a);
  const other = wordsOf(b);
  if (one.size < FEWEST || other.size < FEWEST) return null;
  const shared = [...one].filter((word) => other.has(word)).length;
  return (2 * shared) / (one.size + other.size);
}

function wordsOf({ content, outside_window: window }: CanonicalStep): Set<string> {
  const said = [
    ...contentFields(content).entries(),
    ...(window === undefined ? [] : templateFields(window, "outside_window").entries()),
  ];
  const texts = said.filter(([field]) => /\.(?:body|markdown|subject)$/.test(field));
  const plain = texts.map(([, text]) => text.replaceAll(/\{[{%#].*?[}%#]\}/gs, " ")).join(" ");
  return new Set(plain.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu));
}
