import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { simpleGit, type SimpleGit } from "simple-git";
import type { Source } from "./source.ts";

/** A commit's full id: the only form that is handed back to git. */
export type Sha = string & { readonly brand: "sha" };

/** A git failure that an operator can mend; the message says how and carries no credentials. */
export class GitFailure extends Error {
  override readonly name = "GitFailure";
  readonly reason: GitFailureReason;

  constructor(reason: GitFailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

export type GitFailureReason =
  | "AuthenticationFailed"
  | "Unreachable"
  | "BranchNotFound"
  | "NotARepository"
  | "Timeout"
  | "GitFailed";

/** The bare mirror of a source: every call is safe against what the repository or its host may hold. */
export interface Git {
  /** Fetches the branch. @returns its head @throws GitFailure */
  fetch(): Promise<{ readonly head: Sha; readonly branch: string }>;
  /** A plumbing command in the mirror, as text. Arguments are fixed words and shas only. */
  run(args: readonly string[]): Promise<string>;
  /** `cat-file --batch` of these objects, as bytes. */
  catFiles(ids: readonly string[]): Promise<Buffer>;
}

const TIMEOUT_MS = 60_000;
const HEAD_REF = "refs/cadenza/head";
const SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** Marks a text that git has printed as a commit's id. @throws when it is none */
export function shaOf(text: string): Sha {
  const sha = text.trim();
  if (!SHA.test(sha))
    throw new GitFailure("GitFailed", "git answered something that is no commit id");
  return sha as Sha;
}

/** Opens (and makes, the first time) the mirror of a source below the data folder. */
export async function openGit(
  source: Source,
  dataDir: string,
  options: { readonly timeoutMs?: number } = {},
): Promise<Git> {
  const baseDir = join(dataDir, "source.git");
  await mkdir(baseDir, { recursive: true });
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  let input = "";
  const env = environment(source);
  const git = simpleGit({
    baseDir,
    trimmed: false,
    // Progress must not keep a transfer alive that never ends: the whole command has the time limit.
    timeout: { block: timeoutMs, stdOut: false, stdErr: false },
    input: ([command]) => (command === "cat-file" ? input : undefined),
    // What stands there comes from this file alone, never from a repository.
    allowEnvironment: Object.keys(env),
    unsafe: {
      allowUnsafeConfigEnvCount: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeHooksPath: true,
      allowUnsafeSshCommand: true,
    },
  }).env(env);
  await git.raw(["init", "--quiet", "--bare"]);

  return {
    async fetch() {
      const branch = source.branch ?? (await defaultBranch(git, source));
      const ref = branch === "HEAD" ? "HEAD" : `refs/heads/${branch}`;
      const options = [
        "--quiet",
        "--no-tags",
        "--no-recurse-submodules",
        "--no-write-fetch-head",
        "--force",
      ];
      await guarded(source, branch, () =>
        git.raw(["fetch", ...options, source.url, `+${ref}:${HEAD_REF}`]),
      );
      const head = await git.raw([
        "rev-parse",
        "--verify",
        "--end-of-options",
        `${HEAD_REF}^{commit}`,
      ]);
      return { head: shaOf(head), branch };
    },
    run: (args) => guarded(source, null, () => git.raw([...args])),
    async catFiles(ids) {
      if (ids.length === 0) return Buffer.alloc(0);
      input = ids.map((id) => `${id}\n`).join("");
      return guarded(source, null, () => git.binaryCatFile(["--batch"]));
    },
  };
}

async function defaultBranch(git: SimpleGit, source: Source): Promise<string> {
  const listed = await guarded(source, null, () =>
    git.raw(["ls-remote", "--symref", source.url, "HEAD"]),
  );
  const symbolic = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(listed)?.[1];
  if (symbolic !== undefined) return symbolic;
  if (listed.trim() === "") {
    throw new GitFailure("BranchNotFound", `${source.url} has no commits yet; push one`);
  }
  return "HEAD";
}

/**
 * The whole environment of git: no configuration of the machine or of the user, no prompt, no hook, no
 * protocol but these. Credentials stand here only, so that they are in no argument list and no file.
 */
function environment({ authorization, sshKey, knownHosts }: Source): Record<string, string> {
  const settings: (readonly [string, string])[] = [
    ["safe.directory", "*"],
    ["core.hooksPath", "/dev/null"],
    ["gc.auto", "0"],
    // A redirect would carry the credentials to another host.
    ...(authorization === null
      ? []
      : ([
          ["http.extraHeader", `Authorization: ${authorization}`],
          ["http.followRedirects", "false"],
        ] as const)),
  ];
  const config = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? "",
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ALLOW_PROTOCOL: "file:http:https:ssh",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_SSH_COMMAND: sshCommand(sshKey, knownHosts),
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(config),
  };
}

function sshCommand(key: string | null, knownHosts: string | null): string {
  // The shell takes the outer quotes off, and ssh the inner ones; it replaces what follows a percent sign.
  const option = (name: string, path: string) => {
    const setting = `${name}="${path.replaceAll("%", "%%")}"`;
    return `-o '${setting.replaceAll("'", `'\\''`)}'`;
  };
  return [
    "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=15",
    ...(key === null ? [] : ["-o IdentitiesOnly=yes", option("IdentityFile", key)]),
    ...(knownHosts === null ? [] : [option("UserKnownHostsFile", knownHosts)]),
  ].join(" ");
}

async function guarded<T>(
  source: Source,
  branch: string | null,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GitFailure) throw error;
    throw failureOf(error instanceof Error ? error.message : String(error), source, branch);
  }
}

/** Names a failure by what the operator has to do about it. */
function failureOf(
  text: string,
  { url, authorization }: Source,
  branch: string | null,
): GitFailure {
  const said = (
    text.split("\n").find((line) => /fatal|error|denied|refused/i.test(line)) ?? text
  ).trim();
  const detail = authorization === null ? said : said.replaceAll(authorization, "…");
  for (const [pattern, reason, advice] of FAILURES) {
    if (pattern.test(text))
      return new GitFailure(reason, `${advice(url, branch)} (git: ${detail})`);
  }
  return new GitFailure("GitFailed", `git failed on ${url}: ${detail}`);
}

const FAILURES: readonly (readonly [
  RegExp,
  GitFailureReason,
  (url: string, branch: string | null) => string,
])[] = [
  [
    /block timeout reached/,
    "Timeout",
    (url) => `${url} did not answer in time; check the host and the network`,
  ],
  [
    /Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|error: 40[13]|Permission denied|publickey/i,
    "AuthenticationFailed",
    (url) =>
      `${url} refused the credentials; set CADENZA_SOURCE_TOKEN (or the SSH key) to one that may read it`,
  ],
  [
    /couldn't find remote ref|Remote branch .* not found/i,
    "BranchNotFound",
    (url, branch) => `${url} has no branch ${branch ?? ""}; set --branch or CADENZA_BRANCH`,
  ],
  [
    /not appear to be a git repository|repository .*not found|error: 404|does not exist|not valid: is this a git/i,
    "NotARepository",
    (url) =>
      `there is no git repository at ${url} that this server may see; check --source and the token`,
  ],
  [
    /Could not resolve|Failed to connect|Connection (?:refused|timed out|reset)|unable to access|Host key verification failed|early EOF|hung up|not known/i,
    "Unreachable",
    (url) => `${url} cannot be reached; check the host, the network and, for ssh, known_hosts`,
  ],
];
