import { lstat, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SourceFile } from "../../core/language/index.ts";

/**
 * Writes all of these files or none: each is written beside its place first, and moved there once all
 * are written.
 * @param root the folder that their paths are below
 */
export async function writeAll(root: string, files: readonly SourceFile[]): Promise<void> {
  const staged: { readonly from: string; readonly to: string }[] = [];
  try {
    for (const { path, text } of files) {
      const to = join(root, path);
      const from = `${to}.cadenza-new`;
      await mkdir(dirname(to), { recursive: true });
      staged.push({ from, to });
      await writeFile(from, text, { flag: "wx" });
    }
  } catch (error) {
    for (const { from } of staged) await rm(from, { force: true });
    throw error;
  }
  for (const { from, to } of staged) await rename(from, to);
}

/** Whether anything stands at a path, a dangling link included. */
export async function isTaken(root: string, path: string): Promise<boolean> {
  return (await lstat(join(root, path)).catch(() => null)) !== null;
}
