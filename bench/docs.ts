import { readFile, writeFile } from "node:fs/promises";

/**
 * Writes what a run has found between two markers, `<!-- name -->` and `<!-- end of name -->`, which have a
 * line each.
 * @throws when the file has no such place
 */
export async function writeBetween(file: URL, name: string, block: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [before, after] = [text.indexOf(begin), text.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`${file.pathname} has no place for ${name}`);
  await writeFile(file, `${text.slice(0, before + begin.length)}\n${block}\n${text.slice(after)}`);
}

/** A table in markdown; the first row is its head. */
export function markdownTable(rows: readonly (readonly (string | number)[])[]): string {
  const [head = [], ...rest] = rows;
  return [head, head.map(() => "---"), ...rest].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
