import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandsIn, type Run } from "./git-commands.ts";
import { checkoutEnvironment, CONFIG, configFile, localEnvironment } from "./git-environment.ts";
import { GitFailure } from "./git-failure.ts";
import { objectsIn, shaOf, type Objects, type Sha } from "./git.ts";

/**
 * A checkout on this machine, looked at through a scratch repository that borrows its objects: nothing
 * is written into the checkout, and neither its settings nor its files can start a program.
 */
export interface Checkout {
  /** From the top of the repository to the folder that was opened; empty where they are one. */
  readonly path: string;
  /** Its history is cut off somewhere. */
  readonly isShallow: boolean;
  /** It fetches objects when they are asked for, which is never done here. */
  readonly isPartial: boolean;
  readonly remotes: readonly string[];
  readonly objects: Objects;
  /** Commands in the scratch repository. */
  readonly scratch: Run;
  /** The commit that a name stands for, in any form that git knows; null where there is none. */
  resolve(ref: string): Promise<Sha | null>;
  /** What git says of the files below the folder, by their names relative to it. */
  listFiles(): Promise<Listed>;
  close(): Promise<void>;
}

/** The folder's files, those that are ignored left out. */
export interface Listed {
  /** Tracked, or new. */
  readonly known: ReadonlySet<string>;
  /** Tracked, and left out of a sparse checkout. */
  readonly absent: ReadonlySet<string>;
}

/** With a setting that every repository has: simple-git waits a while for what prints nothing. */
const REMOTES = String.raw`^(remote\..*\.(url|promisor)|core\.repositoryformatversion)$`;

/** Since this version, git merges without a checkout. */
const OLDEST = [2, 38] as const;

/**
 * Opens the checkout around a folder.
 * @param folder absolute
 * @throws GitFailure where there is none, or no git that can merge
 */
export async function openCheckout(folder: string): Promise<Checkout> {
  const dir = await mkdtemp(join(tmpdir(), "cadenza-plan-"));
  const close = () => rm(dir, { recursive: true, force: true });
  try {
    await writeFile(configFile(dir), CONFIG);
    const source = { url: folder, authorization: null };
    const env = checkoutEnvironment(dir);
    const checkout = commandsIn({ folder, source, env, onExit: false }, {});
    const [found] = await Promise.all([describe(checkout, folder), checkVersion(checkout)]);
    const scratchEnv = localEnvironment(dir);
    const scratch = commandsIn({ folder: dir, source, env: scratchEnv, onExit: false }, {});
    await scratch((git) =>
      // Not quiet: simple-git waits a while for the output of what prints nothing.
      git.raw(["init", "--bare", `--object-format=${found.format}`]),
    );
    await writeFile(join(dir, "objects/info/alternates"), `${found.objects}\n`);
    if (found.isShallow) await copyFile(found.shallow, join(dir, "shallow"));
    return {
      path: found.path,
      isShallow: found.isShallow,
      isPartial: found.isPartial,
      remotes: found.remotes,
      objects: objectsIn(scratch),
      scratch,
      resolve: (ref) => resolve(checkout, ref),
      listFiles: () => listFiles(checkout),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function checkVersion(checkout: Run): Promise<void> {
  const text = await checkout((git) => git.raw(["--version"]));
  const [, major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(text)?.map(Number) ?? [];
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  const message = `git ${OLDEST.join(".")} or newer is needed to merge without a checkout; this is ${text.trim()}`;
  throw new GitFailure("GitFailed", message);
}

async function describe(checkout: Run, folder: string) {
  const asked = ["--is-shallow-repository", "--show-object-format", "--show-prefix"];
  const paths = ["--path-format=absolute", "--git-path", "objects", "--git-path", "shallow"];
  const [told, remotes] = await Promise.all([
    checkout((git) => git.raw(["rev-parse", ...asked, ...paths])),
    remotesOf(checkout),
  ]).catch((error: unknown) => {
    if (!(error instanceof GitFailure)) throw error;
    const message = `${folder} is in no git repository, so that there is nothing to compare it with`;
    throw new GitFailure("NotARepository", message);
  });
  const [shallow, format, prefix = "", objects = "", shallowFile = ""] = told.split("\n");
  return {
    ...remotes,
    isShallow: shallow === "true",
    format,
    path: prefix.replace(/\/$/, ""),
    objects,
    shallow: shallowFile,
  };
}

async function remotesOf(checkout: Run): Promise<Pick<Checkout, "remotes" | "isPartial">> {
  const args = ["config", "-z", "--get-regexp", REMOTES];
  const told = await checkout((git) => git.raw(args), { answers: [0, 1] });
  const settings = told.split("\0").map((setting) => setting.split("\n"));
  const named = (suffix: string) =>
    settings.flatMap(([key = "", value]) =>
      key.startsWith("remote.") && key.endsWith(suffix)
        ? [{ name: key.slice("remote.".length, -suffix.length), value }]
        : [],
    );
  return {
    remotes: [...new Set(named(".url").map(({ name }) => name))],
    isPartial: named(".promisor").some(({ value }) => value === "true"),
  };
}

async function resolve(checkout: Run, ref: string): Promise<Sha | null> {
  const commit = `${ref}^{commit}`;
  const args = ["rev-parse", "--quiet", "--verify", "--end-of-options", commit];
  const found = await checkout((git) => git.raw(args), { answers: [0, 1, 128] });
  // A range is several commits, and prints as many lines.
  return /^[0-9a-f]+$/.test(found.trim()) ? shaOf(found) : null;
}

async function listFiles(checkout: Run): Promise<Listed> {
  const args = ["ls-files", "-t", "-z", "--cached", "--others", "--exclude-standard"];
  const listed = await checkout((git) => git.raw(args));
  const known = new Set<string>();
  const absent = new Set<string>();
  for (const line of listed.split("\0")) {
    const name = line.slice(2);
    if (name === "") continue;
    known.add(name);
    if (line.startsWith("S ")) absent.add(name);
  }
  return { known, absent };
}
