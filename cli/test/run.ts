import { compileProgram, type Program, type Workspace } from "../../core/enrollment/index.ts";
import type { Diagnostic } from "../../core/language/diagnostic.ts";
import type { CompiledVersion, Scenario, SourceFile } from "../../core/language/index.ts";
import { locateValue } from "../../core/language/locate.ts";
import { parseFile } from "../../core/language/parse.ts";
import { START, type Path } from "../../core/language/source.ts";
import { compareCourse, runScenario, snapshotOf, type Course } from "../../core/scenario/index.ts";
import type { SnapshotState, TestFailure, TestOutcome } from "./outcome.ts";
import { snapshotPath, type openSnapshots } from "./snapshots.ts";

/** What tests are run with. */
interface Bench {
  readonly programs: ReadonlyMap<string, Program>;
  readonly workspace: Workspace;
  readonly files: readonly SourceFile[];
  readonly snapshots: ReturnType<typeof openSnapshots>;
  /** `--update`: what differs is written. */
  readonly update: boolean;
  /** In a pipeline a snapshot that is missing fails: nobody would see what was written. */
  readonly ci: boolean;
}

/** Every sequence, compiled once for all of its tests. */
export function programsOf(versions: readonly CompiledVersion[]): ReadonlyMap<string, Program> {
  return new Map(versions.map(({ id, document }) => [id, compileProgram(document)]));
}

/** Runs one test and holds what comes of it against what it expects. */
export function runTest(bench: Bench, scenario: Scenario): TestOutcome {
  const program = bench.programs.get(scenario.sequence);
  if (program === undefined) throw new Error(`there is no sequence ${scenario.sequence}`);
  const course = runScenario(program, scenario, bench.workspace);
  const failures: TestFailure[] = compareCourse(scenario.expect, course).map((one) => {
    return { ...failureAt(bench, scenario, one.path, one.message), ...one };
  });
  const snapshot = scenario.expect.snapshot ? holdSnapshot(bench, scenario, course) : NO_SNAPSHOT;
  const { expected, came, state } = snapshot;
  if (state === "differs" || state === "missing") {
    const path = snapshotPath(scenario.path);
    const message =
      state === "missing"
        ? `there is no snapshot ${path}`
        : "it goes another way than its snapshot says";
    const hint = "if that is meant: cadenza test --update, and commit what it writes";
    const failed = failureAt(bench, scenario, ["expect", "snapshot"], message, hint);
    failures.push({ ...failed, expected, came });
  }
  return { scenario, course, failures, snapshot: state };
}

const NO_SNAPSHOT = { state: "none", expected: null, came: null } as const;

function holdSnapshot(
  { snapshots, update, ci }: Bench,
  scenario: Scenario,
  course: Course,
): {
  readonly state: SnapshotState;
  readonly expected: string | null;
  readonly came: string | null;
} {
  const path = snapshotPath(scenario.path);
  const came = snapshotOf(scenario, course);
  const expected = snapshots.read(path);
  if (expected === came) return { state: "same", expected, came };
  if (!update && expected !== null) return { state: "differs", expected, came };
  if (!update && ci) return { state: "missing", expected, came };
  snapshots.write(path, came);
  return { state: expected === null ? "written" : "updated", expected, came };
}

/** Where it stands in the file: read again, because most runs need no place at all. */
function failureAt(
  { files }: Bench,
  { path: file }: Scenario,
  path: Path,
  message: string,
  hint?: string,
): { readonly found: Diagnostic } {
  const source = files.find((one) => one.path === file);
  const parsed = source === undefined ? null : parseFile(source).file;
  const span = parsed === null ? START : locateValue(parsed, path);
  const advice = hint === undefined ? {} : { hint };
  return { found: { rule: "scenario", severity: "error", file, ...span, message, ...advice } };
}
