import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, report } from "./measure.ts";
import { writeWorkspace } from "./validate-workspace.ts";

/**
 * `validate` and `plan` on a repository of 1,000 sequence files, each run in a process of its own: the
 * first with nothing remembered, the second right after it.
 */
const MAIN = join(import.meta.dirname, "../cli/main.js");
const FILES = 1_000;
const ROUNDS = 3;
const COMMANDS = { validate: ["validate"], plan: ["plan", "--against", "main"] };

const home = await mkdtemp(join(tmpdir(), "cadenza-bench-"));
const repository = join(home, "repository");
try {
  await makeRepository();
  // What strips types has its own cache, which a round with empty results must not pay for.
  for (const command of Object.values(COMMANDS)) cadenza(command, join(home, "warm-up"));
  const figures: Record<string, number> = {};
  for (const [name, command] of Object.entries(COMMANDS)) {
    const { first, second } = rounds(name, command);
    figures[`${name}, first run, ms`] = first;
    figures[`${name}, second run, ms`] = second;
    figures[`${name}, second / first`] = second / first;
  }
  report(figures);
} finally {
  await rm(home, { recursive: true });
}

function rounds(name: string, command: readonly string[]): { first: number; second: number } {
  const [first, second]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const cache = join(home, `${name}-${round}`);
    first.push(cadenza(command, cache));
    second.push(cadenza(command, cache));
  }
  return { first: median(first), second: median(second) };
}

/** @returns ms of the whole process */
function cadenza(command: readonly string[], cache: string): number {
  const start = performance.now();
  const child = spawnSync(process.execPath, [MAIN, ...command, "--output", "json"], {
    cwd: join(repository, "cadences"),
    encoding: "utf8",
    env: { ...process.env, CADENZA_CACHE: cache },
    maxBuffer: 100_000_000,
  });
  const ms = performance.now() - start;
  if (child.status !== 0) throw new Error(`${command.join(" ")} failed:\n${child.stderr}`);
  return ms;
}

/** `main` holds the workspace; the branch at work changes one text. */
async function makeRepository(): Promise<void> {
  const root = join(repository, "cadences");
  await mkdir(root, { recursive: true });
  await writeWorkspace(root, FILES);
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  commit("The workspace");
  git("checkout", "--quiet", "-b", "change");
  const changed = join(root, "sequences/reminder-7.yaml");
  await writeFile(changed, (await readFile(changed, "utf8")).replaceAll("Hi {{", "Hello {{"));
  commit("Another greeting");
}

function commit(message: string): void {
  const author = ["-c", "user.name=Bench", "-c", "user.email=bench@example.com"];
  git(...author, "-c", "commit.gpgsign=false", "commit", "--quiet", "--all", "-m", message);
}

function git(...args: readonly string[]): void {
  execFileSync("git", ["-C", repository, ...args]);
}
