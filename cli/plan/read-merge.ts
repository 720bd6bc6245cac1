import { openCheckout, type Checkout } from "../../controller/checkout.ts";
import { readFiles, type CommitFiles } from "../../controller/files.ts";
import { GitFailure } from "../../controller/git-failure.ts";
import { shaOf, type Objects, type Sha } from "../../controller/git.ts";
import { commitOnto, mergeInto } from "../../controller/merge.ts";
import { compareDiagnostics, type Diagnostic } from "../../core/language/diagnostic.ts";
import { START } from "../../core/language/source.ts";
import { UsageError } from "../io.ts";
import { readWorkspace } from "../workspace-files.ts";
import { missingObjects, noMergeBase, unknownRef } from "./mend.ts";
import { uncommittedIn } from "./uncommitted.ts";

/** The two states that a plan compares. */
export interface MergeOfFiles {
  /** The workspace's folder, from the top of the repository; empty where they are one. */
  readonly path: string;
  readonly base: Sha;
  readonly head: Sha;
  /** Files of the workspace that differ from the head's, and count all the same. */
  readonly uncommitted: readonly string[];
  /** Where both sides changed the same lines. What has no place in the workspace does not count. */
  readonly conflicts: readonly Diagnostic[];
  readonly before: CommitFiles;
  /** Where the workspace stood before, from the top of the repository; null: where it stands now. */
  readonly movedFrom: string | null;
  /** What the branch would hold after the merge. */
  readonly after: CommitFiles;
  /** The states that the branch had before `base`, the newest first. */
  earlier(): AsyncGenerator<{ readonly sha: Sha; readonly files: CommitFiles }>;
}

/** How far back a branch is followed that is broken. */
const MOST_EARLIER = 20;

/**
 * Reads a branch and what it would hold once this checkout, with what is not committed yet, is merged
 * into it. Works on git's objects alone: nothing is checked out, and the checkout stays as it is.
 * @param root the workspace's folder
 * @param use is handed the result; the objects are gone when it has ended
 * @throws UsageError when the two cannot be compared, with the command that mends it
 */
export async function withMerge<T>(
  root: string,
  against: string,
  use: (merge: MergeOfFiles) => Promise<T>,
): Promise<T> {
  if (/\p{Cc}/u.test(against)) throw new UsageError("--against is no name of a commit");
  if (against.trim() === "") {
    throw new UsageError("--against is empty; name the branch to merge into, such as origin/main");
  }
  const checkout = await told(() => openCheckout(root));
  try {
    return await use(await told(() => readMerge(checkout, root, against), checkout, against));
  } finally {
    await checkout.close();
  }
}

async function readMerge(checkout: Checkout, root: string, against: string): Promise<MergeOfFiles> {
  const { objects, path } = checkout;
  const [base, head] = await Promise.all([checkout.resolve(against), checkout.resolve("HEAD")]);
  if (base === null) throw await unknownRef(checkout, against);
  if (head === null) throw new UsageError("there is no commit yet; commit something first");
  // The states differ in a few files: each text is read from git once.
  const contents = new Map<string, Uint8Array>();
  const read = (sha: Sha, folder: string) => readFiles(objects, sha, folder, contents);
  const [committed, listed] = await Promise.all([read(head, path), checkout.listFiles()]);
  const { changes, diagnostics } = uncommittedIn(readWorkspace(root), committed, listed);
  const inRepository = (name: string) => (path === "" ? name : `${path}/${name}`);
  const texts = new Map([...changes].map(([name, text]) => [inRepository(name), text]));
  const commit = texts.size === 0 ? head : await commitOnto(checkout, head, texts);
  const merge = await mergeInto(checkout, base, commit);
  if (merge.kind === "unrelated") throw noMergeBase(checkout, against);
  const [after, inPlace] = await Promise.all([read(merge.tree, path), read(base, path)]);
  const movedFrom = inPlace.files.length > 0 ? null : await formerPlace(objects, base, merge.tree);
  return {
    path,
    base,
    head,
    uncommitted: [...changes.keys()].toSorted(),
    conflicts: conflictsIn(merge.conflicts, path, against),
    before: movedFrom === null ? inPlace : await read(base, movedFrom),
    movedFrom,
    after: { files: after.files, diagnostics: [...after.diagnostics, ...diagnostics] },
    earlier: () => earlier(checkout, base, against, movedFrom ?? path),
  };
}

/** The only workspace that is gone after the merge: one whose folder got another name. */
async function formerPlace(objects: Objects, base: Sha, tree: Sha): Promise<string | null> {
  const [before, after] = [await workspacesIn(objects, base), await workspacesIn(objects, tree)];
  const [place, ...others] = before.filter((folder) => !after.includes(folder));
  return place === undefined || others.length > 0 ? null : place;
}

async function workspacesIn(objects: Objects, sha: Sha): Promise<string[]> {
  const listed = await objects.run(["ls-tree", "-r", "-z", "--name-only", "--full-tree", sha]);
  return listed
    .split("\0")
    .filter((name) => /(?:^|\/)cadenza\.ya?ml$/.test(name) && !/(?:^|\/)\./.test(name))
    .map((name) => name.split("/").slice(0, -1).join("/"));
}

function conflictsIn(files: readonly string[], path: string, against: string): Diagnostic[] {
  const prefix = path === "" ? "" : `${path}/`;
  const rule = "merge-conflict";
  return files
    .filter((name) => name.startsWith(prefix))
    .map((name): Diagnostic => {
      const file = name.slice(prefix.length);
      const message = `this branch and ${against} change the same lines`;
      const hint = `merge ${against} into this branch and resolve the conflict`;
      return { rule, severity: "error", file, ...START, message, hint };
    })
    .toSorted(compareDiagnostics);
}

async function* earlier(checkout: Checkout, base: Sha, against: string, path: string) {
  const { objects } = checkout;
  const only = path === "" ? [] : ["--", `${path}/`];
  const count = `--max-count=${MOST_EARLIER}`;
  const listed = await objects.run(["rev-list", "--first-parent", count, base, ...only]);
  for (const line of listed.split("\n").filter((text) => text !== "")) {
    if (line === base) continue;
    const sha = shaOf(line);
    yield { sha, files: await told(() => readFiles(objects, sha, path), checkout, against) };
  }
}

/** A git that cannot do as asked is told as such. */
async function told<T>(work: () => Promise<T>, checkout?: Checkout, against = ""): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    if (checkout?.isPartial === true) throw missingObjects(checkout, against);
    throw new UsageError(error.message);
  }
}
