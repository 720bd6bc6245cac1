import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemory } from "../controller/candidate.ts";
import { openGit } from "../controller/git.ts";
import { reconcile } from "../controller/reconcile.ts";
import { sourceOf } from "../controller/source.ts";
import { openPostgres } from "../store/database.ts";
import { migrate } from "../store/migrate.ts";
import { createRepository } from "../test/support/git-remote.ts";
import { report, takeTurns } from "./measure.ts";
import { startBenchCluster } from "./runtime/cluster.ts";
import { writeWorkspace } from "./validate-workspace.ts";

/**
 * A commit that changes one sequence among 10,000: fetched, read, compiled and published by a controller
 * that runs, against `git fetch` of the same commit into a bare repository.
 */
const FILES = Number(process.argv.find((one) => /^\d+$/.test(one)) ?? 10_000);
const ROUNDS = 5;
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
  await writeWorkspace(join(repository.path, "cadences"), FILES);
  await repository.commit({});
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
  const change = async () => {
    const name = `cadences/sequences/reminder-${(changes * 37) % FILES}.yaml`;
    changes += 1;
    const text = await readFile(join(repository.path, name), "utf8");
    await repository.commit({
      [name]: text.replace(/Hi( again)* \{\{/, `Hi${" again".repeat(changes)} {{`),
    });
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
