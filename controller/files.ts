import { decodeSource, MAX_FILE_BYTES } from "../core/language/decode.ts";
import type { Diagnostic } from "../core/language/diagnostic.ts";
import type { SourceFile } from "../core/language/index.ts";
import { GitFailure } from "./git-failure.ts";
import { TooMuchOutput } from "./git-limits.ts";
import type { Objects, Sha } from "./git.ts";

const MAX_FILES = 20_000;
/** All of a workspace's files together. */
export const MAX_TOTAL_BYTES = 100_000_000;
export const REGULAR: ReadonlySet<string> = new Set(["100644", "100755"]);

export interface CommitFiles {
  readonly files: readonly SourceFile[];
  /** Findings about the files themselves: links, submodules, what is not text. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Files by their name, with the object that each was read from. */
export type FilesByName = Map<
  string,
  { readonly id: string; readonly size: number; readonly file: SourceFile }
>;

/**
 * Reads the YAML files below a folder straight from git's objects: no checkout, no filter, no link is
 * ever followed. An absent folder has no files.
 * @param sha of a commit or a tree
 * @param contents by object id, of what was read before; what is read now is added
 * @param before what the last call with this very map has read; brought up to date
 */
export async function readFiles(
  git: Objects,
  sha: Sha,
  path: string,
  contents: Map<string, Uint8Array> = new Map(),
  before: FilesByName = new Map(),
): Promise<CommitFiles> {
  const entries = await listSources(git, sha, path);
  if (!Array.isArray(entries)) return { files: [], diagnostics: [entries] };
  const readable = entries.filter(({ mode, size }) => REGULAR.has(mode) && size <= MAX_FILE_BYTES);
  const unread = readable
    .filter(({ name, id }) => before.get(name)?.id !== id)
    .map(({ id }) => id)
    .filter((id) => !contents.has(id));
  if (unread.length > 0) {
    for (const [id, bytes] of parseBatch(await git.catFiles(unread))) contents.set(id, bytes);
  }
  const files: SourceFile[] = [];
  const diagnostics: Diagnostic[] = [];
  const known = new Map(before);
  before.clear();
  for (const entry of entries) {
    const same = known.get(entry.name);
    if (same?.id === entry.id && REGULAR.has(entry.mode)) {
      files.push(same.file);
      before.set(entry.name, same);
      continue;
    }
    const bytes = REGULAR.has(entry.mode)
      ? (contents.get(entry.id) ?? new Uint8Array(entry.size))
      : null;
    const read = readEntry(entry.name, bytes);
    if ("rule" in read) diagnostics.push(read);
    else {
      files.push(read);
      before.set(entry.name, { id: entry.id, size: entry.size, file: read });
    }
  }
  return { files, diagnostics };
}

const LFS_POINTER = "version https://git-lfs.github.com/spec/";

/** A file's text, or what is wrong with the file itself. */
export function readEntry(name: string, bytes: Uint8Array | null): SourceFile | Diagnostic {
  const shown = name.replaceAll(/\p{Cc}/gu, "\uFFFD");
  if (shown !== name) {
    return unreadable(shown, "this file has a control character in its name; rename it");
  }
  const { file, diagnostic } = decodeSource(name, bytes);
  if (file === null) return diagnostic;
  // In a checkout it is whole, so that nothing but this says why it is refused here.
  if (file.text.startsWith(LFS_POINTER)) {
    return unreadable(name, "this file is kept in Git LFS, which is not read; keep YAML out of it");
  }
  return file;
}

interface TreeEntry {
  readonly mode: string;
  readonly id: string;
  readonly size: number;
  /** Relative to the folder. */
  readonly name: string;
}

/** The YAML files below the folder; a finding where they are more than anybody keeps. */
async function listSources(
  git: Objects,
  sha: Sha,
  path: string,
): Promise<TreeEntry[] | Diagnostic> {
  try {
    const entries = (await listTree(git, sha, path)).filter(({ name }) => isSource(name));
    const total = entries.reduce((sum, { size }) => sum + size, 0);
    if (entries.length <= MAX_FILES && total <= MAX_TOTAL_BYTES) return entries;
    return unreadable(
      "cadenza.yaml",
      `the workspace has ${entries.length} files with ${total} bytes; at most ${MAX_FILES} and ${MAX_TOTAL_BYTES} are read`,
    );
  } catch (error) {
    if (!(error instanceof TooMuchOutput)) throw error;
    const message =
      "the folder has more files than can be listed; keep cadences in one of their own";
    return unreadable("cadenza.yaml", message);
  }
}

async function listTree(git: Objects, sha: Sha, path: string): Promise<TreeEntry[]> {
  const args = ["ls-tree", "-r", "-z", "-l", "--full-tree", sha];
  const listed = await git.run(path === "" ? args : [...args, "--", `${path}/`]);
  const prefix = path === "" ? 0 : path.length + 1;
  return listed
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => {
      const tab = line.indexOf("\t");
      const [mode = "", , id = "", size = "0"] = line.slice(0, tab).split(/ +/);
      return { mode, id, size: Number(size) || 0, name: line.slice(tab + 1 + prefix) };
    });
}

export function isSource(name: string): boolean {
  return /\.ya?ml$/.test(name) && !name.split("/").some((part) => part.startsWith("."));
}

function unreadable(file: string, message: string): Diagnostic {
  const position = { line: 1, column: 1, endLine: 1, endColumn: 1 };
  return { rule: "unreadable-file", severity: "error", file, ...position, message };
}

function damaged(id: string): string {
  return `the mirror of the source lacks ${id}; remove source.git in the data folder, and restart`;
}

/** `<id> <type> <size>\n<content>\n` for each object asked for. */
export function parseBatch(output: Buffer): ReadonlyMap<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(10, at);
    const [id = "", type, size = "0"] = output.toString("latin1", at, end).split(" ");
    const next = end + 1 + Number(size) + 1;
    if (type !== "blob" || next > output.length) throw new GitFailure("GitFailed", damaged(id));
    contents.set(id, output.subarray(end + 1, next - 1));
    at = next;
  }
  return contents;
}
