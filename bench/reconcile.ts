import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemory } from "../controller/memory.ts";
import { openGit } from "../controller/git.ts";
import { reconcile } from "../controller/reconcile.ts";
import { sourceOf } from "../controller/source.ts";
import { openPostgres } from "../store/database.ts";
import { migrate } from "../store/migrate.ts";
import { createRepository } from "../test/support/git-remote.ts";
import { report, takeTurns } from "./measure.ts";
import { startBenchCluster } from "./runtime/cluster.ts";
import { workspaceFiles } from "./validate-workspace.ts";

/**
 * A commit that changes one sequence among 10,000: fetched, read, compiled and published by a controller
 * that runs, against `git fetch` of the same commit into a bare repository.
 */
const FILES = Number(process.argv.find((one) => /^\d+$/.test(one)) ?? 10_000);
const ROUNDS = 9;
const FETCH = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--force"];

const home = await mkdtemp(join(tmpdir(), "cadenza-bench-"));
const repository = await createRepository();
const cluster = await startBenchCluster();
try {
  report(await run());
} finally {
  await cluster.stop();
  await repository.remove();
  await rm(home, { recursive: true });
}

async function run(): Promise<Record<string, number>> {
  const texts = new Map(workspaceFiles(FILES));
  commit(texts);
  const database = await openPostgres(cluster.url);
  await migrate(database.db);
  const source = sourceOf({
    url: repository.path,
    branch: "main",
    path: "cadences",
    token: null,
    sshKey: null,
    knownHosts: null,
  });
  const git = await openGit(source, join(home, "data"));
  const clock = { now: () => Date.now() };
  const reconciler = { db: database.db, clock, git, source, memory: createMemory() };
  const mirror = join(home, "mirror.git");
  execFileSync("git", ["init", "--quiet", "--bare", mirror]);
  const fetch = () =>
    execFileSync("git", [
      "-C",
      mirror,
      ...FETCH,
      repository.path,
      "+refs/heads/main:refs/heads/main",
    ]);
  const published = async () => {
    const { outcome, message } = await reconcile(reconciler);
    if (outcome !== "applied") throw new Error(`nothing was published: ${message}`);
  };
  const started = performance.now();
  await published();
  const first = performance.now() - started;
  fetch();

  let changes = 0;
  const change = () => {
    const name = `sequences/reminder-${(changes * 37) % FILES}.yaml`;
    changes += 1;
    const greeting = `Hi${" again".repeat(changes)} {{`;
    const text = (texts.get(name) ?? "").replace(/Hi( again)* \{\{/, greeting);
    texts.set(name, text);
    commit([[name, text]]);
  };
  const medians = await takeTurns(
    [
      { name: "fetch", run: fetch },
      { name: "reconcile", run: published },
    ],
    { rounds: ROUNDS, warmUp: 1, before: change },
  );
  await database.close();
  const { fetch: fetched = NaN, reconcile: reconciled = NaN } = medians;
  return {
    files: FILES,
    "the first reconciliation, ms": first,
    "git fetch alone, ms": fetched,
    "reconcile, ms": reconciled,
    "reconcile / git fetch": reconciled / fetched,
  };
}

/** Commits texts by their names to the source's branch. Nothing is checked out: ten thousand files take a second. */
function commit(texts: Iterable<readonly [string, string]>): void {
  const branch = "refs/heads/main";
  const isFirst =
    spawnSync("git", ["-C", repository.path, "rev-parse", "--verify", branch]).status !== 0;
  const commands = [...texts].map(
    ([name, text]) => `M 100644 inline cadences/${name}\n${data(text)}`,
  );
  const head = [
    `commit ${branch}\n`,
    `committer Bench <bench@example.com> ${Math.floor(Date.now() / 1000)} +0000\n`,
    data("Change"),
    isFirst ? "" : `from ${branch}^0\n`,
  ];
  const input = [...head, ...commands].join("");
  execFileSync("git", ["-C", repository.path, "fast-import", "--quiet"], { input });
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
