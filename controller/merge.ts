import type { Checkout } from "./checkout.ts";
import { shaOf, type Sha } from "./git.ts";

/** What a merge comes to. */
type Merge =
  | {
      readonly kind: "merged";
      readonly tree: Sha;
      /** Paths from the top of the repository; what the tree holds there is of no use. */
      readonly conflicts: readonly string[];
    }
  /** As far as the history is known here, the two have nothing in common. */
  | { readonly kind: "unrelated" };

/**
 * What `into` would hold once `commit` is merged; nothing is checked out, and no branch moves.
 * @throws GitFailure
 */
export async function mergeInto(checkout: Checkout, into: Sha, commit: Sha): Promise<Merge> {
  const { scratch } = checkout;
  const base = await scratch((git) => git.raw(["merge-base", into, commit]), { answers: [0, 1] });
  if (base.trim() === "") return { kind: "unrelated" };
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", into, commit];
  const told = await scratch((git) => git.raw(args), { answers: [0, 1] });
  const [tree = "", ...conflicts] = told.split("\0").filter((part) => part !== "");
  return { kind: "merged", tree: shaOf(tree), conflicts: [...new Set(conflicts)] };
}

/**
 * A commit on top of another, in the scratch repository only.
 * @param changes texts by their paths from the top of the repository; null removes the file
 * @throws GitFailure
 */
export async function commitOnto(
  { scratch }: Checkout,
  parent: Sha,
  changes: ReadonlyMap<string, string | null>,
): Promise<Sha> {
  const commands = [...changes].map(([path, text]) =>
    text === null ? `D ${quoted(path)}\n` : `M 100644 inline ${quoted(path)}\n${data(text)}`,
  );
  const commit = [
    `commit ${WORK}\n`,
    "committer Cadenza <cadenza@localhost> 0 +0000\n",
    data("What is not committed yet"),
    `from ${parent}\n`,
    ...commands,
  ];
  await scratch((git) => git.raw(["fast-import", "--quiet"]), {
    input: Buffer.from(commit.join("")),
  });
  return shaOf(await scratch((git) => git.raw(["rev-parse", "--verify", WORK])));
}

const WORK = "refs/cadenza/work";

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

function quoted(path: string): string {
  const escaped = path.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll("\n", String.raw`\n`);
  return `"${escaped}"`;
}
