import { relative, resolve, sep } from "node:path";
import type { Scenario } from "../../core/language/index.ts";
import { coverageOf } from "../../core/scenario/index.ts";
import { didYouMean } from "../../core/did-you-mean.ts";
import type { CacheOptions } from "../cache/compiler.ts";
import { EXIT, UsageError, type ExitCode, type Io } from "../io.ts";
import { pathFrom, pathInRepository } from "../repository.ts";
import { totalOf, type TestRun } from "../test/outcome.ts";
import { programsOf, runTest } from "../test/run.ts";
import { openSnapshots, snapshotPath } from "../test/snapshots.ts";
import { loadWorkspace, type LoadedWorkspace } from "../workspace.ts";

interface TestOptions extends CacheOptions {
  readonly root?: string;
  readonly update?: boolean;
  readonly coverage?: boolean;
  readonly coverageMin?: number;
  readonly output: "pretty" | "json" | "junit";
}

/** `cadenza test [filter]`: runs the scenarios; exit code 1 where one goes another way. */
export async function test(
  filter: string | undefined,
  options: TestOptions,
  io: Io,
): Promise<ExitCode> {
  const began = performance.now();
  const loaded = await loadWorkspace(options, io);
  if (loaded === null) return EXIT.findings;
  const scenarios = chosen(loaded, filter, io);
  const run = runAll(loaded, scenarios, filter, options, io, began);
  await print(run, loaded, options, io);
  const least = options.coverageMin ?? 0;
  const reached = run.coverage === null ? 100 : totalOf(run.coverage).percent;
  if (reached < least) io.err(`coverage is ${reached} %, and at least ${least} % is asked for\n`);
  const failed = run.outcomes.some(({ failures }) => failures.length > 0);
  return failed || reached < least ? EXIT.findings : EXIT.fine;
}

function runAll(
  { compiled, workspace, files }: LoadedWorkspace,
  scenarios: readonly Scenario[],
  filter: string | undefined,
  options: TestOptions,
  io: Io,
  began: number,
): TestRun {
  const { update = false } = options;
  const snapshots = openSnapshots(files.root);
  const programs = programsOf(compiled.sequences);
  const ci = !["", "0", "false"].includes(io.env["CI"] ?? "");
  const bench = { programs, workspace, files: files.files, snapshots, update, ci };
  const outcomes = scenarios.map((scenario) => runTest(bench, scenario));

  const isCovered = options.coverage === true || options.coverageMin !== undefined;
  const named = new Set(scenarios.map(({ sequence }) => sequence));
  const coverage = [...programs.values()]
    .filter(({ sequence }) => filter === undefined || named.has(sequence.id))
    .map((program) => {
      const own = outcomes.filter(({ scenario }) => scenario.sequence === program.sequence.id);
      return coverageOf(
        program,
        own.map(({ course }) => course),
      );
    });
  // A run of some tests cannot tell what the others have.
  const obsolete = filter === undefined ? snapshots.list().filter(isObsolete(scenarios)) : [];
  if (update) for (const path of obsolete) snapshots.remove(path);
  return {
    outcomes,
    obsolete,
    removed: update,
    coverage: isCovered ? coverage : null,
    milliseconds: performance.now() - began,
  };
}

function isObsolete(scenarios: readonly Scenario[]): (path: string) => boolean {
  const held = scenarios.filter(({ expect }) => expect.snapshot);
  const known = new Set(held.map(({ path }) => snapshotPath(path)));
  return (path) => !known.has(path);
}

/** @throws UsageError when the filter matches none: a pipeline must not be green for nothing */
function chosen(
  { compiled, files }: LoadedWorkspace,
  filter: string | undefined,
  io: Io,
): readonly Scenario[] {
  const all = compiled.scenarios.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  if (filter === undefined) return all;
  const wanted = filter.toLowerCase().replace(/^\.\//, "");
  const names = ({ id, path, sequence }: Scenario) => {
    const here = relative(io.cwd, resolve(files.root, path)).split(sep).join("/");
    return [id, path, sequence, here].map((name) => name.toLowerCase());
  };
  const found = all.filter((one) => names(one).some((name) => name.includes(wanted)));
  if (found.length > 0) return found;
  const near = didYouMean(
    filter,
    all.flatMap(({ id, sequence }) => [id, sequence]),
  );
  const hint = near ? `did you mean ${near}?` : "it is part of a test's id, file or sequence";
  throw new UsageError(`no test matches ${filter}; ${hint}`);
}

async function print(
  run: TestRun,
  { files }: LoadedWorkspace,
  { output }: TestOptions,
  io: Io,
): Promise<void> {
  if (output === "json") {
    const { jsonTests } = await import("../output/test/json.ts");
    io.out(`${JSON.stringify(jsonTests(run), null, 2)}\n`);
  } else if (output === "junit") {
    const { junitTests } = await import("../output/test/junit.ts");
    io.out(junitTests(run, pathInRepository(files.root)));
  }
  const { prettyTests, summaryOf } = await import("../output/test/pretty.ts");
  if (output === "pretty") {
    const style = { color: io.color, pathOf: pathFrom(io.cwd, files.root) };
    io.out(prettyTests(run, files.files, style));
  }
  io.err(`${summaryOf(run)}\n`);
}
