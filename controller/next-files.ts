import { MAX_FILE_BYTES } from "../core/language/decode.ts";
import type { SourceFile } from "../core/language/index.ts";
import {
  isSource,
  MAX_TOTAL_BYTES,
  parseBatch,
  readEntry,
  readFiles,
  REGULAR,
  type CommitFiles,
  type FilesByName,
} from "./files.ts";
import { GitFailure } from "./git-failure.ts";
import type { Objects, Sha } from "./git.ts";

/** What is known of the commit that was read last. */
export interface KnownFiles {
  /** Null where none was, or where some of its files could not be read. */
  last: Read | null;
  readonly byName: FilesByName;
}

interface Read {
  readonly sha: Sha;
  readonly path: string;
  readonly files: readonly SourceFile[];
}

/** More than this changed at once is read like a commit that nothing is known of. */
const MOST_CHANGED = 200;

/**
 * Reads a commit's files as `readFiles` does. Where nothing but contents of files has changed since the
 * commit that was read last, only these are asked for: neither is the tree listed, nor are ten thousand
 * names taken apart.
 * @param known brought up to date
 */
export async function readNext(
  git: Objects,
  sha: Sha,
  path: string,
  known: KnownFiles,
): Promise<CommitFiles> {
  const { last, byName } = known;
  const files = last?.path === path ? await readChanged(git, last, byName, sha) : null;
  const read =
    files === null
      ? await readFiles(git, sha, path, new Map(), byName)
      : { files, diagnostics: [] };
  known.last = read.diagnostics.length === 0 ? { sha, path, files: read.files } : null;
  return read;
}

/** Null where there is more to it, or anything to be told: then all is read, and told in one place. */
async function readChanged(
  git: Objects,
  last: Read,
  byName: FilesByName,
  sha: Sha,
): Promise<readonly SourceFile[] | null> {
  // Two names that are not UTF-8 can be shown alike.
  if (byName.size !== last.files.length) return null;
  try {
    const changes = await changesBetween(git, last, sha, byName);
    if (changes === null) return null;
    if (changes.size === 0) return last.files;
    const contents = parseBatch(await git.catFiles([...new Set(changes.values())]));
    return replaced(last.files, byName, changes, contents);
  } catch (error) {
    if (error instanceof GitFailure) return null;
    throw error;
  }
}

/** The new object of each file that changed; null where anything else has. */
async function changesBetween(
  git: Objects,
  { sha: from, path }: Read,
  to: Sha,
  byName: FilesByName,
): Promise<ReadonlyMap<string, string> | null> {
  const args = ["--literal-pathspecs", "diff-tree", "-r", "-z", "--no-renames", from, to];
  const told = await git.run(path === "" ? args : [...args, "--", `${path}/`]);
  const parts = told.split("\0");
  const changes = new Map<string, string>();
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [before = "", after = "", old, id = "", status] = (parts[at] ?? "").slice(1).split(" ");
    const name = (parts[at + 1] ?? "").slice(path === "" ? 0 : path.length + 1);
    if (!isSource(name)) continue;
    const isContent = status === "M" && REGULAR.has(before) && REGULAR.has(after);
    if (!isContent || byName.get(name)?.id !== old || changes.size === MOST_CHANGED) return null;
    if (id !== old) changes.set(name, id);
  }
  return changes;
}

function replaced(
  files: readonly SourceFile[],
  byName: FilesByName,
  changes: ReadonlyMap<string, string>,
  contents: ReadonlyMap<string, Uint8Array>,
): readonly SourceFile[] | null {
  const changed: FilesByName = new Map();
  for (const [name, id] of changes) {
    const bytes = contents.get(id);
    if (bytes === undefined || bytes.length > MAX_FILE_BYTES) return null;
    const file = readEntry(name, bytes);
    if ("rule" in file) return null;
    changed.set(name, { id, size: bytes.length, file });
  }
  let total = 0;
  for (const [name, { size }] of byName) total += changed.get(name)?.size ?? size;
  if (total > MAX_TOTAL_BYTES) return null;
  for (const [name, one] of changed) byName.set(name, one);
  return files.map((file) => changed.get(file.path)?.file ?? file);
}
