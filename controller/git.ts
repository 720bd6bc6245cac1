import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  CONFIG,
  configFile,
  localEnvironment,
  remoteEnvironment,
  tidyingEnvironment,
} from "./git-environment.ts";
import { commandsIn, type GitOptions, type Run } from "./git-commands.ts";
import { GitFailure } from "./git-failure.ts";
import { InvalidSource, isBranch, type Source } from "./source.ts";
import { sshIn } from "./ssh-process.ts";

/** A commit's full id: the only form that is handed back to git. */
export type Sha = string & { readonly brand: "sha" };

/** A bare repository's objects: every call is safe against what they may hold. */
export interface Objects {
  /**
   * A plumbing command, as text. Arguments are fixed words and shas only.
   * @throws GitFailure, TooMuchOutput
   */
  run(args: readonly string[]): Promise<string>;
  /** `cat-file --batch` of these objects, as bytes. @throws GitFailure */
  catFiles(ids: readonly string[]): Promise<Buffer>;
}

/** The bare mirror of a source, which is safe against its host, too. */
export interface Git extends Objects {
  /** Fetches the branch. @returns its head @throws GitFailure */
  fetch(): Promise<{ readonly head: Sha; readonly branch: string }>;
  /** Packs what many fetches have left one by one, where it is much; others may go on meanwhile. @throws GitFailure */
  tidy(): Promise<void>;
}

const HELPER_MS = 1_000;
const LONGEST_TIDYING_MS = 10 * 60_000;
const MAX_CONTENT_BYTES = 128_000_000;
const HEAD_REF = "refs/cadenza/head";
const SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** Marks a text that git has printed as a commit's id. @throws when it is none */
export function shaOf(text: string): Sha {
  const sha = text.trim();
  if (!SHA.test(sha))
    throw new GitFailure("GitFailed", "git answered something that is no commit id");
  return sha as Sha;
}

/**
 * Opens (and makes, the first time) the mirror of a source below the data folder.
 * @throws InvalidSource where git cannot keep one, or is not installed
 */
export async function openGit(
  source: Source,
  dataDir: string,
  options: GitOptions = {},
): Promise<Git> {
  const mirror = resolve(dataDir, "source.git");
  await mkdir(mirror, { recursive: true });
  await writeFile(configFile(mirror), CONFIG);
  await removeLocks(mirror);
  const env = localEnvironment(mirror);
  const local = commandsIn({ folder: mirror, source, env, onExit: false }, options);
  const remote = commandsIn(
    {
      folder: mirror,
      source,
      env: remoteEnvironment(mirror, source),
      onExit: HELPER_MS,
      ssh: sshIn(mirror),
    },
    options,
  );
  const tidying = commandsIn(
    { folder: mirror, source, env: tidyingEnvironment(mirror), onExit: false },
    { ...options, timeoutMs: LONGEST_TIDYING_MS, longestMs: LONGEST_TIDYING_MS },
  );
  let isTidying = false;
  try {
    await local((git) => git.raw(["init", "--quiet", "--bare"]));
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw new InvalidSource(`cannot keep a mirror in ${mirror}: ${error.message}`, {
      cause: error,
    });
  }

  const defaultBranch = async () => {
    const listed = await remote((git) => git.raw(["ls-remote", "--symref", source.url, "HEAD"]));
    const symbolic = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(listed)?.[1];
    if (symbolic !== undefined && isBranch(symbolic)) return symbolic;
    if (listed.trim() !== "") return "HEAD";
    throw new GitFailure("BranchNotFound", `${source.url} has no commits yet; push one`);
  };
  return {
    async fetch() {
      if (!isTidying) await removeLocks(mirror);
      const branch = source.branch ?? (await defaultBranch());
      const ref = branch === "HEAD" ? "HEAD" : `refs/heads/${branch}`;
      const args = [...FETCH, source.url, `+${ref}:${HEAD_REF}`];
      await remote((git) => git.raw(args), { branch });
      return { head: (await writtenHead(mirror)) ?? (await headIn(local)), branch };
    },
    async tidy() {
      isTidying = true;
      try {
        await tidying((git) => git.raw(["gc", "--auto", "--quiet"]));
      } finally {
        isTidying = false;
      }
    },
    ...objectsIn(local),
  };
}

/** The objects of the repository that commands run in. */
export function objectsIn(local: Run): Objects {
  return {
    run: (args) => local((git) => git.raw([...args])),
    async catFiles(ids) {
      if (ids.length === 0) return Buffer.alloc(0);
      const input = ids.map((id) => `${id}\n`).join("");
      return local((git) => git.binaryCatFile(["--batch"]), { input, maxBytes: MAX_CONTENT_BYTES });
    },
  };
}

const FETCH = [
  "fetch",
  // A sign of life, for a transfer that takes its time.
  "--progress",
  "--no-tags",
  "--no-recurse-submodules",
  "--no-write-fetch-head",
  // A source may be a shallow clone itself.
  "--update-shallow",
  "--force",
];

/**
 * Where git has just written the head, which spares asking it. Null where it keeps its refs otherwise. What
 * it names is a commit: whoever reads it finds out.
 */
async function writtenHead(mirror: string): Promise<Sha | null> {
  const text = await readFile(join(mirror, HEAD_REF), "utf8").catch(() => "");
  return SHA.test(text.trim()) ? shaOf(text) : null;
}

async function headIn(local: Run): Promise<Sha> {
  const commit = `${HEAD_REF}^{commit}`;
  const args = ["rev-parse", "--verify", "--end-of-options", commit];
  return shaOf(await local((git) => git.raw(args)));
}

/** What a git leaves behind that was killed; nothing of ours runs when this is called. */
async function removeLocks(mirror: string): Promise<void> {
  const locked = [HEAD_REF, "config", "packed-refs", "shallow"];
  await Promise.all(locked.map((name) => rm(join(mirror, `${name}.lock`), { force: true })));
}
