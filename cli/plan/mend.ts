import type { Checkout } from "../../controller/checkout.ts";
import { isBranch } from "../../controller/source.ts";
import { UsageError } from "../io.ts";

/** The branch of a remote that a name stands for. */
interface RemoteBranch {
  readonly remote: string;
  readonly branch: string;
}

/** The error for a name that git does not know here: with the command that mends it. */
export async function unknownRef(checkout: Checkout, ref: string): Promise<UsageError> {
  const found = branchOf(checkout, ref);
  if (found === null) {
    const advice = checkout.isShallow
      ? `this clone is shallow; run: git fetch --unshallow`
      : "git branch --all lists what there is";
    return new UsageError(`--against ${ref} is no commit here; ${advice}`);
  }
  const tracked = `${found.remote}/${found.branch}`;
  if (tracked !== ref && (await checkout.resolve(tracked)) !== null) {
    return new UsageError(`--against ${ref} is no commit here; did you mean --against ${tracked}?`);
  }
  const then = tracked === ref ? "" : `, then: --against ${tracked}`;
  return new UsageError(
    `--against ${ref} is no commit here; fetch it with: ${fetchOf(checkout, found)}${then}`,
  );
}

/** The error where two commits have nothing in common, as far as their history is here. */
export function noMergeBase(checkout: Checkout, ref: string): UsageError {
  if (!checkout.isShallow) {
    return new UsageError(`HEAD and ${ref} share no history, so that they cannot be merged`);
  }
  const found = branchOf(checkout, ref);
  const command = found === null ? "git fetch --unshallow" : fetchOf(checkout, found);
  return new UsageError(
    `this clone is shallow: where HEAD and ${ref} parted is not in it; run: ${command}` +
      " (in GitHub Actions, set fetch-depth: 0 on actions/checkout instead)",
  );
}

/** The error where a partial clone lacks what is compared. */
export function missingObjects(checkout: Checkout, ref: string): UsageError {
  const remote = checkout.remotes[0] ?? "origin";
  return new UsageError(
    `this clone is partial: it lacks files of ${ref}; run: git fetch --refetch --no-filter ${remote}`,
  );
}

function branchOf({ remotes }: Checkout, ref: string): RemoteBranch | null {
  const name = ref.replace(/^refs\/(?:remotes|heads)\//, "");
  const named = remotes.find((remote) => name.startsWith(`${remote}/`));
  const remote = named ?? remotes.find((one) => one === "origin") ?? remotes[0];
  const branch = named === undefined ? name : name.slice(named.length + 1);
  // It is written into a command that people paste.
  if (remote === undefined || !isBranch(branch) || !/^[\w./-]+$/.test(branch)) return null;
  return { remote, branch };
}

/** Also right where the clone tracks another branch only. */
function fetchOf({ isShallow }: Checkout, { remote, branch }: RemoteBranch): string {
  const deep = isShallow ? " --unshallow" : "";
  return `git fetch${deep} ${remote} +refs/heads/${branch}:refs/remotes/${remote}/${branch}`;
}
