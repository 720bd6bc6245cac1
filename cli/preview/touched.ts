import type { Compiler } from "../cache/compiler.ts";
import { planOf } from "../plan/plan.ts";
import { withMerge } from "../plan/read-merge.ts";
import { UsageError } from "../io.ts";

/**
 * The sequences that merging into `against` creates or changes.
 * @param root the workspace's folder
 * @param now epoch ms
 * @throws UsageError when the two cannot be compared
 */
export async function touchedSequences(
  root: string,
  against: string,
  now: number,
  compiler: Compiler,
): Promise<ReadonlySet<string>> {
  const request = { against, start: undefined, now, compiler };
  const plan = await withMerge(root, against, (merge) => planOf(merge, request));
  if (plan.diagnostics.some(({ severity }) => severity === "error")) {
    throw new UsageError(
      `merging into ${against} has errors; cadenza plan --against ${against} tells`,
    );
  }
  const touched = plan.sequences.filter(({ action }) => action === "create" || action === "change");
  return new Set(touched.map(({ id }) => id));
}
