import { link, readFile, rm, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Another process has the data folder. */
export class DirectoryInUse extends Error {
  override readonly name = "DirectoryInUse";
}

/**
 * Takes a folder for this process alone. The lock names its holder (process id and, on Linux, when it
 * started), so that one left behind by `kill -9` or by an earlier container is recognised and replaced.
 * @returns a function that gives the folder back
 * @throws DirectoryInUse when a living process holds it
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, "lock");
  const mine = `${process.pid} ${startOf(process.pid)}\n`;
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, mine);
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      if (await linked(draft, path)) return () => rm(path, { force: true });
      const holder = await readFile(path, "utf8").catch(() => "");
      if (isAlive(holder)) throw new DirectoryInUse(inUse(directory, holder));
      // Only the lock just judged may go: another process may have replaced it meanwhile.
      if ((await readFile(path, "utf8").catch(() => "")) === holder)
        await rm(path, { force: true });
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new DirectoryInUse(
    `Several processes are trying to take ${directory} at once; start only one.`,
  );
}

function inUse(directory: string, holder: string): string {
  return (
    `Another process (${holder.split(" ")[0]}) is using ${directory}. The embedded database takes one ` +
    `process: stop the other one, run this one in another folder, or set DATABASE_URL to share a PostgreSQL server.`
  );
}

/** Creating a hard link is atomic, and the file has its content from the start. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(holder: string): boolean {
  const [pidText, start] = holder.trim().split(" ");
  const pid = Number(pidText);
  // In a container every start has the same process id: a lock with ours is from a former life.
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return start === undefined || start === "-" || start === startOf(pid);
}

/** When a process started, in clock ticks since boot (Linux, field 22 of /proc/<pid>/stat); else "-". */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "-";
  } catch {
    return "-";
  }
}
