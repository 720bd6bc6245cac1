import { globSync, readFileSync } from "node:fs";

/** The documents people read, by their paths from the repository's root. */
export const DOCUMENTS: readonly string[] = [
  ...globSync("*.md"),
  ...globSync("docs/*.md"),
].toSorted();

/** The fenced blocks of a document, in order, in one language. */
export function blocksOf(path: string, language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm");
  return [...readFileSync(path, "utf8").matchAll(fence)].map(([, block = ""]) => block);
}
