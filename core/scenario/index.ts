export { compareCourse, type Mismatch } from "./compare.ts";
export { coverageOf, type SequenceCoverage, type Way } from "./coverage.ts";
export { runScenario } from "./run.ts";
export { SNAPSHOT_HEAD, snapshotOf } from "./snapshot.ts";
export type * from "./types.ts";
