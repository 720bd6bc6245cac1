import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../io.ts";
import { makeFolder } from "../make-folder.ts";

/**
 * Makes the folder where the server keeps its files, and hides it from a repository around it: it holds
 * an operator's key and people's messages, and `git add -A` is quickly typed.
 * @throws UsageError when it cannot be made or written to
 */
export async function prepareDataFolder(folder: string): Promise<void> {
  try {
    makeFolder(folder);
    await writeFile(join(folder, ".gitignore"), "*\n");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `${folder} cannot hold the server's files (${code}); name a folder that it may write to with --data`,
    );
  }
}
