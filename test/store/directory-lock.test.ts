import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DirectoryInUse, lockDirectory } from "../../store/directory-lock.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cadenza-lock-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A process that lives until it is killed, and has taken nothing. */
async function otherProcess() {
  const child = spawn(process.execPath, ["-e", "console.log('up'); setInterval(() => {}, 1000)"]);
  await once(child.stdout, "data");
  return child;
}

test("a folder is given back and taken again", async () => {
  const unlock = await lockDirectory(folder);
  await unlock();
  await expect(readFile(join(folder, "lock"))).rejects.toThrow("ENOENT");
  const again = await lockDirectory(folder);
  await expect(again()).resolves.toBeUndefined();
});

test("a folder that a living process holds is refused, with what to do", async () => {
  const child = await otherProcess();
  await writeFile(join(folder, "lock"), `${child.pid} -\n`);
  await expect(lockDirectory(folder)).rejects.toThrow(DirectoryInUse);
  await expect(lockDirectory(folder)).rejects.toThrow(/stop the other one.*DATABASE_URL/);
  child.kill("SIGKILL");
  await once(child, "exit");
  await (
    await lockDirectory(folder)
  )();
});

test("a lock left behind by a killed process is replaced", async () => {
  await writeFile(join(folder, "lock"), "999999999 12345\n");
  const unlock = await lockDirectory(folder);
  expect(await readFile(join(folder, "lock"), "utf8")).toMatch(new RegExp(`^${process.pid} `));
  await unlock();
});

test.runIf(process.platform === "linux")(
  "a process that only has the dead holder's number does not hold it",
  async () => {
    const child = await otherProcess();
    await writeFile(join(folder, "lock"), `${child.pid} 1\n`);
    const unlock = await lockDirectory(folder);
    expect(await readFile(join(folder, "lock"), "utf8")).toMatch(new RegExp(`^${process.pid} `));
    await unlock();
    child.kill("SIGKILL");
  },
);
