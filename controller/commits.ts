import { shaOf, type Git, type Sha } from "./git.ts";

export interface Commit {
  readonly sha: Sha;
  /** `Name <address>` */
  readonly author: string;
  /** ISO 8601, in UTC. */
  readonly committedAt: string;
  readonly subject: string;
}

/** Who made a commit, when and why. */
export async function readCommit(git: Git, sha: Sha): Promise<Commit> {
  // Git keeps texts of any length; it cuts, and pads, these to what people read.
  const format = "--format=%ct%x00%<(200,trunc)%an%x00%<(200,trunc)%ae%x00%<(500,trunc)%s";
  const text = await git.run(["log", "-1", "--no-show-signature", format, sha]);
  const [seconds = "0", ...texts] = text.split("\0");
  const [name = "", email = "", subject = ""] = texts.map(oneLine);
  // Git keeps any number; a database, and people, take four digits of a year.
  const committedAt = new Date(Math.min(Number(seconds) * 1000, LATEST)).toISOString();
  return { sha, author: `${name} <${email}>`, committedAt, subject };
}

/** Without control characters, which a terminal would obey. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ").trim();
}

const LATEST = Date.parse("9999-12-31T23:59:59Z");

/**
 * The commits merged since `applied`, by first parents, the oldest first. Of a branch that was pulled
 * into local commits, those are passed over: they have never been the branch's state.
 * @returns null when the head does not contain `applied`: the history was rewritten
 */
export async function commitsSince(
  git: Git,
  applied: Sha,
  head: Sha,
): Promise<readonly Sha[] | null> {
  if (applied === head) return [];
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
