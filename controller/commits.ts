import { GitFailure } from "./git-failure.ts";
import { shaOf, type Git, type Sha } from "./git.ts";

export interface Commit {
  readonly sha: Sha;
  /** `Name <address>` */
  readonly author: string;
  /** ISO 8601, in UTC. */
  readonly committedAt: string;
  readonly subject: string;
}

// Git keeps texts of any length; it cuts, and pads, these to what people read.
const FORMAT =
  "--format=%H%x00%P%x00%ct%x00%<(200,trunc)%an%x00%<(200,trunc)%ae%x00%<(500,trunc)%s";

/** @throws GitFailure where it is no commit */
export async function readCommit(git: Git, sha: Sha): Promise<Commit> {
  const [told] = toldBy(await git.run(["log", "-1", "--no-show-signature", FORMAT, sha]));
  if (told?.commit.sha !== sha) throw new GitFailure("GitFailed", `${sha} is no commit`);
  return told.commit;
}

interface Told {
  readonly commit: Commit;
  readonly parents: readonly string[];
}

/** A line for each commit. */
function toldBy(log: string): Told[] {
  const lines = log.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const [sha = "", parents = "", seconds = "0", ...texts] = line.split("\0");
    const [name = "", email = "", subject = ""] = texts.map(oneLine);
    // Git keeps any number; a database, and people, take four digits of a year.
    const committedAt = new Date(Math.min(Number(seconds) * 1000, LATEST)).toISOString();
    const commit = { sha: shaOf(sha), author: `${name} <${email}>`, committedAt, subject };
    return { commit, parents: parents.split(" ") };
  });
}

/** Without control characters, which a terminal would obey. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ").trim();
}

const LATEST = Date.parse("9999-12-31T23:59:59Z");

/** A commit of a walk; one of few is known at once, one of many is read when its turn comes. */
export type Step = Sha | Commit;

/** As many are read together: a push has seldom more. */
const FEW = 20;

/**
 * The commits merged since `applied`, by first parents, the oldest first. Of a branch that was pulled
 * into local commits, those are passed over: they have never been the branch's state.
 * @returns null when the head does not contain `applied`: the history was rewritten
 */
export async function commitsSince(
  git: Git,
  applied: Sha,
  head: Sha,
): Promise<readonly Step[] | null> {
  if (applied === head) return [];
  return (await fewSince(git, applied, head)) ?? allSince(git, applied, head);
}

/** Null where they are many, or where the first parents do not lead back to `applied`. */
async function fewSince(git: Git, applied: Sha, head: Sha): Promise<readonly Commit[] | null> {
  const args = ["log", "--first-parent", `--max-count=${FEW}`, "--no-show-signature", FORMAT];
  const told = await git.run([...args, head, `^${applied}`]).then(toldBy, (error: unknown) => {
    // What was applied may be gone altogether.
    if (error instanceof GitFailure) return [];
    throw error;
  });
  if (told.at(-1)?.parents[0] !== applied) return null;
  return told.map(({ commit }) => commit).toReversed();
}

async function allSince(git: Git, applied: Sha, head: Sha): Promise<readonly Sha[] | null> {
  if (!(await isKnown(git, applied))) return null;
  const list = async (...options: string[]) => {
    const listed = await git.run(["rev-list", ...options, head, `^${applied}`]);
    const lines = listed.split("\n").filter((line) => line !== "");
    return lines.map((line) => line.split(" "));
  };
  const chain = await list("--first-parent", "--parents", "--reverse");
  const merged = chain.flatMap(([sha = ""]) => sha);
  // Mostly the first parents lead back to it, and all between are the branch's own.
  if (chain[0]?.[1] === applied) return merged.map(shaOf);
  const containing = new Set((await list("--ancestry-path")).flat());
  const since = merged.filter((sha) => containing.has(sha)).map(shaOf);
  return since.length === 0 ? null : since;
}

async function isKnown(git: Git, sha: Sha): Promise<boolean> {
  const answer = await git.catFiles([sha]);
  return answer.toString("latin1", 0, 60).startsWith(`${sha} commit`);
}
