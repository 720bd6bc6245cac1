import type { Diagnostic } from "../../core/language/diagnostic.ts";
import type { Scenario } from "../../core/language/index.ts";
import type { Course, SequenceCoverage } from "../../core/scenario/index.ts";

/** What became of one test's snapshot. */
export type SnapshotState = "none" | "same" | "differs" | "missing" | "written" | "updated";

/** One way in which a test failed, at its place in the file. */
export interface TestFailure {
  readonly found: Diagnostic;
  readonly expected: string | null;
  readonly came: string | null;
}

/** One test that was run. */
export interface TestOutcome {
  readonly scenario: Scenario;
  readonly course: Course;
  /** Empty: it passed. */
  readonly failures: readonly TestFailure[];
  readonly snapshot: SnapshotState;
}

/** A whole run. */
export interface TestRun {
  readonly outcomes: readonly TestOutcome[];
  /** Snapshots that no test has, relative to the workspace. */
  readonly obsolete: readonly string[];
  /** They were removed. */
  readonly removed: boolean;
  /** Null unless it was asked for. */
  readonly coverage: readonly SequenceCoverage[] | null;
  readonly milliseconds: number;
}

interface CoverageTotal {
  readonly reached: number;
  readonly total: number;
  readonly percent: number;
}

/** The coverage of all sequences together, rounded down: 100 means all of it. */
export function totalOf(coverage: readonly SequenceCoverage[]): CoverageTotal {
  const reached = coverage.reduce((sum, one) => sum + one.reached, 0);
  const total = coverage.reduce((sum, one) => sum + one.total, 0);
  return { reached, total, percent: total === 0 ? 100 : Math.floor((reached / total) * 100) };
}
