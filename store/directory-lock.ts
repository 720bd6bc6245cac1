import { readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Another process has the data folder. */
export class DirectoryInUse extends Error {
  override readonly name = "DirectoryInUse";
}

/**
 * Takes a folder for this process alone. The lock is the operating system's own on a file, which SQLite
 * takes as Node itself cannot: it ends with its process, however that ends, and it counts between
 * containers that share a volume, where process ids say nothing.
 * @returns a function that gives the folder back
 * @throws DirectoryInUse when a living process holds it
 */
export async function lockDirectory(directory: string): Promise<() => void> {
  const lock = new DatabaseSync(join(directory, "process.lock"), { timeout: 0 });
  const holder = join(directory, "process.holder");
  try {
    // Nothing is ever written, so that the file stays empty.
    lock.exec("pragma journal_mode = memory; begin exclusive");
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new DirectoryInUse(inUse(directory, await readFile(holder, "utf8").catch(() => "")));
  }
  await writeFile(holder, `pid ${process.pid} on ${hostname()}\n`);
  return () => lock.close();
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}

/** @param holder only told: it may be the one before, where the present one has just begun */
function inUse(directory: string, holder: string): string {
  const who = holder.trim() === "" ? "" : ` (${holder.trim()})`;
  return (
    `Another process${who} is using ${directory}. The embedded database takes one process: stop the ` +
    `other one, run this one in another folder, or set DATABASE_URL to share a PostgreSQL server.`
  );
}
