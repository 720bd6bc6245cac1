import { decodeSource, MAX_FILE_BYTES } from "../core/language/decode.ts";
import type { Diagnostic } from "../core/language/diagnostic.ts";
import type { SourceFile } from "../core/language/index.ts";
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
  const format = "--format=%an%x00%ae%x00%ct%x00%s";
  const text = await git.run(["log", "-1", "--no-show-signature", format, sha]);
  const [name = "", email = "", seconds = "0", subject = ""] = text.trimEnd().split("\0");
  // Git keeps any number; a database, and people, take four digits of a year.
  const committedAt = new Date(Math.min(Number(seconds) * 1000, LATEST)).toISOString();
  return { sha, author: `${name} <${email}>`, committedAt, subject };
}

const LATEST = Date.parse("9999-12-31T23:59:59Z");

/**
 * The commits merged since `applied`, by first parents, the oldest first.
 * @returns null when `applied` is not among the head's first parents: the history was rewritten
 */
export async function commitsSince(
  git: Git,
  applied: Sha,
  head: Sha,
): Promise<readonly Sha[] | null> {
  if (applied === head) return [];
  if (!(await isKnown(git, applied))) return null;
  const listed = await git.run([
    "rev-list",
    "--first-parent",
    "--reverse",
    "--parents",
    head,
    `^${applied}`,
  ]);
  const lines = listed
    .trim()
    .split("\n")
    .filter((line) => line !== "");
  const [, firstParent] = lines[0]?.split(" ") ?? [];
  if (firstParent !== applied) return null;
  return lines.map((line) => shaOf(line.split(" ")[0] ?? ""));
}

async function isKnown(git: Git, sha: Sha): Promise<boolean> {
  const answer = await git.catFiles([sha]);
  return answer.toString("latin1", 0, 60).startsWith(`${sha} commit`);
}

const MAX_FILES = 20_000;
const MAX_TOTAL_BYTES = 100_000_000;
const REGULAR = new Set(["100644", "100755"]);

export interface CommitFiles {
  readonly files: readonly SourceFile[];
  /** Findings about the files themselves: links, submodules, what is not text. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads the YAML files below a folder straight from git's objects: no checkout, no filter, no link is
 * ever followed. An absent folder has no files.
 */
export async function readFiles(git: Git, sha: Sha, path: string): Promise<CommitFiles> {
  const entries = (await listTree(git, sha, path)).filter(({ name }) => isSource(name));
  const refused = capDiagnostic(entries);
  if (refused !== null) return { files: [], diagnostics: [refused] };
  const readable = entries.filter(({ mode, size }) => REGULAR.has(mode) && size <= MAX_FILE_BYTES);
  const contents = parseBatch(await git.catFiles(readable.map(({ id }) => id)));
  const files: SourceFile[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const entry of entries) {
    const bytes = REGULAR.has(entry.mode)
      ? (contents.get(entry.id) ?? new Uint8Array(entry.size))
      : null;
    const decoded = decodeSource(entry.name, bytes);
    if (decoded.file === null) diagnostics.push(decoded.diagnostic);
    else files.push(decoded.file);
  }
  return { files, diagnostics };
}

interface TreeEntry {
  readonly mode: string;
  readonly id: string;
  readonly size: number;
  /** Relative to the folder. */
  readonly name: string;
}

async function listTree(git: Git, sha: Sha, path: string): Promise<TreeEntry[]> {
  const args = ["ls-tree", "-r", "-z", "-l", "--full-tree", sha];
  const listed = await git.run(path === "" ? args : [...args, "--", `${path}/`]);
  const prefix = path === "" ? 0 : path.length + 1;
  return listed
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => {
      const [head, name] = splitAt(line, line.indexOf("\t"));
      const [mode = "", , id = "", size = "0"] = head.split(/ +/);
      return { mode, id, size: Number(size) || 0, name: name.slice(prefix) };
    });
}

function splitAt(text: string, index: number): readonly [string, string] {
  return [text.slice(0, index), text.slice(index + 1)];
}

function isSource(name: string): boolean {
  return /\.ya?ml$/.test(name) && !name.split("/").some((part) => part.startsWith("."));
}

function capDiagnostic(entries: readonly TreeEntry[]): Diagnostic | null {
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (entries.length <= MAX_FILES && total <= MAX_TOTAL_BYTES) return null;
  const message = `the workspace has ${entries.length} files with ${total} bytes; at most ${MAX_FILES} and ${MAX_TOTAL_BYTES} are read`;
  const position = { line: 1, column: 1, endLine: 1, endColumn: 1 };
  return { rule: "unreadable-file", severity: "error", file: "cadenza.yaml", ...position, message };
}

/** `<id> <type> <size>\n<content>\n` for each object asked for. */
function parseBatch(output: Buffer): ReadonlyMap<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(10, at);
    const [id = "", type, size = "0"] = output.toString("latin1", at, end).split(" ");
    if (type !== "blob") throw new Error(`git has no blob ${id}`);
    contents.set(id, output.subarray(end + 1, end + 1 + Number(size)));
    at = end + 1 + Number(size) + 1;
  }
  return contents;
}
