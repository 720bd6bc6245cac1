import { readFile, writeFile } from "node:fs/promises";

/**
 * Puts what a run has found into docs/reliability.md, between the comments that name the run.
 * @throws when the page has no place for it
 */
export async function writeBlock(name: string, block: string): Promise<void> {
  const file = new URL("../../docs/reliability.md", import.meta.url);
  const text = await readFile(file, "utf8");
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of the ${name} -->`];
  const [before, after] = [text.indexOf(begin), text.indexOf(end)];
  if (before < 0 || after < 0) throw new Error(`docs/reliability.md has no place for the ${name}`);
  const day = new Date().toISOString().slice(0, 10);
  const head = text.slice(0, before + begin.length);
  await writeFile(file, `${head}\n${day}, ${block}\n${text.slice(after)}`);
}
