import { readFile, writeFile } from "node:fs/promises";

/**
 * Puts what a run has found, with its day, into a page of docs/, between the comments that name the run.
 * @throws when the page has no place for it
 */
export async function writeBlock(
  page: "performance" | "reliability",
  name: string,
  block: string,
): Promise<void> {
  const file = new URL(`../../docs/${page}.md`, import.meta.url);
  const text = await readFile(file, "utf8");
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of the ${name} -->`];
  const [before, after] = [text.indexOf(begin), text.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`docs/${page}.md has no place for the ${name}`);
  const day = new Date().toISOString().slice(0, 10);
  const head = text.slice(0, before + begin.length);
  await writeFile(file, `${head}\n${day}, ${block}\n${text.slice(after)}`);
}

/** A table in markdown; the first row is its head. */
export function markdownTable(rows: readonly (readonly (string | number)[])[]): string {
  const [head = [], ...rest] = rows;
  return [head, head.map(() => "---"), ...rest].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
