import { createCompiler, type CacheOptions } from "../cache/compiler.ts";
import { connect, telling } from "../client.ts";
import { EXIT, printJson, type ExitCode, type Io } from "../io.ts";
import { withLive } from "../plan/live.ts";
import { planOf } from "../plan/plan.ts";
import { withMerge } from "../plan/read-merge.ts";
import type { Plan } from "../plan/types.ts";
import { findRoot } from "../workspace-files.ts";

interface PlanOptions extends CacheOptions {
  readonly root?: string;
  readonly against: string;
  readonly start?: string;
  readonly server?: string;
  readonly failOnBreaking?: boolean;
  readonly output: "pretty" | "json" | "markdown";
}

/** `cadenza plan --against <ref>`: what merging does. Exit code 1 where the result has errors. */
export function plan(options: PlanOptions, io: Io): Promise<ExitCode> {
  return telling(io, async () => {
    const root = await findRoot(io.cwd, options.root);
    const compiler = createCompiler(options, io, root);
    const request = { against: options.against, start: options.start, now: io.now(), compiler };
    const { made, files } = await withMerge(root, options.against, async (merge) => ({
      made: await planOf(merge, request),
      files: merge.after.files,
    }));
    const isLive = options.server !== undefined && made.start !== null;
    const told = isLive ? await withLive(made, await connect(options, io)) : made;
    await print(told, options, files, io);
    const isBroken = told.diagnostics.some(({ severity }) => severity === "error");
    const fails = isBroken || (options.failOnBreaking === true && told.breaking.length > 0);
    return fails ? EXIT.findings : EXIT.fine;
  });
}

async function print(
  plan: Plan,
  { output }: PlanOptions,
  files: readonly { readonly path: string; readonly text: string }[],
  io: Io,
): Promise<void> {
  switch (output) {
    case "json":
      printJson(io, plan);
      return;
    case "markdown": {
      const { markdownPlan } = await import("../output/plan/markdown.ts");
      io.out(markdownPlan(plan));
      return;
    }
    case "pretty": {
      const { prettyPlan } = await import("../output/plan/pretty.ts");
      io.out(prettyPlan(plan, files, io.color));
    }
  }
}
