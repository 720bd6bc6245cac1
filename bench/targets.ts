/** One figure that a benchmark is to reach. */
export interface Target {
  readonly what: string;
  /** The figure's name in the benchmark's JSON. */
  readonly figure: string;
  readonly reach: { readonly least: number } | { readonly most: number };
  readonly unit: "×" | "ms" | "bytes" | "MB";
}

/** A benchmark as `npm run bench` runs it. */
export interface Bench {
  /** Beside this file. */
  readonly file: string;
  /** Small counts, beside `--quick`, where the benchmark has to be told. */
  readonly quick?: readonly string[];
  /** For Node itself. */
  readonly flags?: readonly string[];
  readonly targets: readonly Target[];
}

/** What `npm run bench` runs, in this order. */
export const BENCHES: readonly Bench[] = [
  {
    file: "render.ts",
    targets: [
      {
        what: "render / precompiled nunjucks",
        figure: "cadenza / nunjucks",
        reach: { least: 0.7 },
        unit: "×",
      },
    ],
  },
  {
    file: "validate.ts",
    flags: ["--expose-gc"],
    targets: [
      {
        what: "`validate`, 1,000 files, cold / `yaml` alone",
        figure: "validate command / yaml",
        reach: { most: 1.3 },
        unit: "×",
      },
      {
        what: "`validate`, 1,000 files, cached / reading and hashing",
        figure: "cached / reading and hashing",
        reach: { most: 4 },
        unit: "×",
      },
    ],
  },
  {
    file: "enroll.ts",
    targets: [
      {
        what: "`POST /v1/enrollments` / fastify no-op, 64 connections",
        figure: "enroll / no-op",
        reach: { least: 0.45 },
        unit: "×",
      },
      {
        what: "the same, each with a new contact and charge",
        figure: "enroll with data / no-op",
        reach: { least: 0.45 },
        unit: "×",
      },
    ],
  },
  {
    file: "bulk.ts",
    targets: [
      {
        what: "bulk enrollment / raw multi-row INSERT",
        figure: "bulk / raw INSERT",
        reach: { least: 0.5 },
        unit: "×",
      },
    ],
  },
  {
    file: "reconcile.ts",
    quick: ["100"],
    targets: [
      {
        what: "reconcile, one file of 10,000 / `git fetch`",
        figure: "reconcile / git fetch",
        reach: { most: 3 },
        unit: "×",
      },
    ],
  },
  {
    file: "burst.ts",
    targets: [
      {
        what: "5,000 due at one instant: due → sent, p99",
        figure: "due to sent, p99, ms",
        reach: { most: 400 },
        unit: "ms",
      },
    ],
  },
  {
    file: "empty-dispatch.ts",
    targets: [
      {
        what: "empty dispatch at 1 M waiting",
        figure: "empty dispatch, ms",
        reach: { most: 1 },
        unit: "ms",
      },
    ],
  },
  {
    file: "steps.ts",
    targets: [
      {
        what: "steps a second, 200 k waiting / pg-boss no-op",
        figure: "engine / no-op",
        reach: { least: 0.6 },
        unit: "×",
      },
      {
        what: "steps a second, 200 k waiting / a deferred pg-boss job per step, each handled alone",
        figure: "engine / deferred job each",
        reach: { least: 40 },
        unit: "×",
      },
      {
        what: "write-ahead log a step",
        figure: "write-ahead log a step, bytes",
        reach: { most: 1_500 },
        unit: "bytes",
      },
      {
        what: "peak memory of a worker, two of them, 200 k waiting",
        figure: "peak memory of a worker, MB",
        reach: { most: 300 },
        unit: "MB",
      },
    ],
  },
  {
    file: "scale.ts",
    targets: [
      {
        what: "steps a second, 1 M waiting / 200 k waiting",
        figure: "1 M / 200 k",
        reach: { least: 0.85 },
        unit: "×",
      },
      {
        what: "steps a second, 5 M waiting / 200 k waiting",
        figure: "5 M / 200 k",
        reach: { least: 0.85 },
        unit: "×",
      },
      {
        what: "peak memory of one worker, 1 M waiting",
        figure: "peak memory of one worker, 1 M waiting, MB",
        reach: { most: 300 },
        unit: "MB",
      },
    ],
  },
];

/** Whether a figure is where it is to be. */
export function isReached({ reach }: Target, value: number): boolean {
  return "least" in reach ? value >= reach.least : value <= reach.most;
}
