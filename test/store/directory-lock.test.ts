import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DirectoryInUse, lockDirectory } from "../../store/directory-lock.ts";

const MODULE = join(import.meta.dirname, "../../store/directory-lock.ts");

let folder: string;
let holders: ChildProcess[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cadenza-lock-"));
  holders = [];
});
afterEach(async () => {
  await Promise.all(holders.map(kill));
  await rm(folder, { recursive: true, force: true });
});

/** Another process that tries to take the folder, and keeps it until it is killed. */
async function otherProcess(...before: readonly string[]) {
  const script = `
    import { lockDirectory } from ${JSON.stringify(MODULE)};
    const unlock = await lockDirectory(${JSON.stringify(folder)}).catch((error) => error.name);
    console.log(typeof unlock === "string" ? unlock : "took it as " + process.pid);
    setInterval(() => unlock, 1000);
  `;
  const args = [...before, process.execPath, "--input-type=module", "--eval", script];
  const child = spawn(args[0]!, args.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
  holders.push(child);
  const [said] = await once(child.stdout, "data");
  return { child, said: String(said).trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "close");
}

test("a folder is given back and taken again", async () => {
  (await lockDirectory(folder))();
  const unlock = await lockDirectory(folder);
  expect(await readdir(folder)).toEqual(["process.holder", "process.lock"]);
  expect(unlock).not.toThrow();
});

test("a folder that this process has is not taken twice", async () => {
  const unlock = await lockDirectory(folder);
  await expect(lockDirectory(folder)).rejects.toThrow(DirectoryInUse);
  unlock();
});

test("a folder that a living process holds is refused, with who it is and what to do", async () => {
  const { child } = await otherProcess();
  await expect(lockDirectory(folder)).rejects.toThrow(DirectoryInUse);
  await expect(lockDirectory(folder)).rejects.toThrow(
    new RegExp(`pid ${child.pid} on .*stop the other one.*DATABASE_URL`),
  );
});

test("what a killed process held is free at once", async () => {
  const { child } = await otherProcess();
  await kill(child);
  const unlock = await lockDirectory(folder);
  expect(unlock).not.toThrow();
});

test("of many that start together, one gets it", async () => {
  const all = await Promise.all(Array.from({ length: 4 }, () => otherProcess()));
  const refused = all.filter(({ said }) => said === "DirectoryInUse");
  expect(refused).toHaveLength(all.length - 1);
});

const CONTAINER = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"];
const hasContainers = spawnSync(CONTAINER[0]!, [...CONTAINER.slice(1), "true"]).status === 0;

test.runIf(hasContainers)("of two containers that share a volume, one gets it", async () => {
  const first = await otherProcess(...CONTAINER);
  const second = await otherProcess(...CONTAINER);
  // Each sees itself as the first process there is.
  expect([first.said, second.said]).toEqual(["took it as 1", "DirectoryInUse"]);
  await kill(first.child);
  expect(await otherProcess(...CONTAINER)).toMatchObject({ said: "took it as 1" });
});
