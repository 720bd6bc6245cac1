import { readdirSync, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { decodeSource } from "../core/language/decode.ts";
import type { Diagnostic } from "../core/language/diagnostic.ts";
import type { SourceFile } from "../core/language/index.ts";
import { UsageError } from "./io.ts";

export interface WorkspaceFiles {
  readonly root: string;
  readonly files: readonly SourceFile[];
  /** Findings about the files themselves: a link, a file that is not text. */
  readonly diagnostics: readonly Diagnostic[];
}

const MANIFEST = "cadenza.yaml";

/**
 * The workspace's root: `--root`, else the nearest folder upward with `cadenza.yaml`, else `./cadences`.
 * @throws UsageError when there is none
 */
export async function findRoot(cwd: string, given: string | undefined): Promise<string> {
  if (given !== undefined) {
    const root = resolve(cwd, given);
    if (!(await isDirectory(root))) throw new UsageError(`--root ${given} is not a folder`);
    return root;
  }
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (await exists(join(folder, MANIFEST))) return folder;
    if (folder === dirname(folder)) break;
  }
  const fallback = join(cwd, "cadences");
  if (await isDirectory(fallback)) return fallback;
  throw new UsageError(
    `no ${MANIFEST} here or above, and no ./cadences; name the workspace's folder with --root`,
  );
}

/**
 * Reads every YAML file below the root. Links are never followed and dot-folders are passed over:
 * the content may be anyone's pull request. Synchronous: thousands of small files are read in a tenth
 * of the time, and a command line has nothing else to do meanwhile.
 */
export function readWorkspace(root: string): WorkspaceFiles {
  const files: SourceFile[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { path, isFile } of walk(root)) {
    const name = relative(root, path).split(sep).join("/");
    const decoded = decodeSource(name, isFile ? readFileSync(path) : null);
    if (decoded.file === null) diagnostics.push(decoded.diagnostic);
    else files.push(decoded.file);
  }
  return { root, files, diagnostics };
}

function* walk(folder: string): Generator<{ readonly path: string; readonly isFile: boolean }> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (/\.ya?ml$/.test(entry.name)) yield { path, isFile: entry.isFile() };
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}
