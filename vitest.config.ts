import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";

/** Databases, git, mail and HTTP on this machine. */
const integration = ["store", "controller", "runtime", "crash", "support"].map(testsIn);
/** Whole servers in processes of their own. */
const e2e = ["e2e"].map(testsIn);

export default defineConfig({
  test: {
    globalSetup: "./test/support/global-setup.ts",
    setupFiles: "./test/support/check-node.ts",
    // Files wait on databases and other processes: two of them fill two cores, where vitest would run one.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      project("unit", {
        include: ["test/**/*.test.ts"],
        exclude: [...configDefaults.exclude, ...integration, ...e2e],
        testTimeout: 20_000,
      }),
      project("integration", { include: integration, testTimeout: 30_000, hookTimeout: 60_000 }),
      project("e2e", { include: e2e, testTimeout: 120_000, hookTimeout: 120_000 }),
    ],
  },
});

function project(name: string, test: { include: string[]; exclude?: string[] } & Timeouts) {
  return { extends: true as const, test: { name, ...test } };
}

interface Timeouts {
  testTimeout?: number;
  hookTimeout?: number;
}

function testsIn(folder: string): string {
  return `test/${folder}/**/*.test.ts`;
}
