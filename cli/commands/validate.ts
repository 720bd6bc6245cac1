import { relative, resolve, sep } from "node:path";
import { stat } from "node:fs/promises";
import { compareDiagnostics, type Diagnostic } from "../../core/language/diagnostic.ts";
import { compile, formatPretty } from "../../core/language/index.ts";
import { EXIT, printJson, UsageError, type ExitCode, type Io } from "../io.ts";
import { findRoot, readWorkspace } from "../workspace-files.ts";

export interface ValidateOptions {
  readonly root?: string;
  readonly strict?: boolean;
  readonly output: string;
}

/** `cadenza validate [paths]`: every finding at once; exit code 1 where there is an error. */
export async function validate(
  paths: readonly string[],
  options: ValidateOptions,
  io: Io,
): Promise<ExitCode> {
  const root = await findRoot(
    options.root === undefined ? await startOf(paths, io.cwd) : io.cwd,
    options.root,
  );
  const workspace = readWorkspace(root);
  const wanted = await Promise.all(paths.map((path) => within(root, path, io.cwd)));
  const compiled = compile(workspace.files);
  const diagnostics = [...workspace.diagnostics, ...compiled.diagnostics]
    .filter((found) => wanted.length === 0 || wanted.some((matches) => matches(found.file)))
    .map((found): Diagnostic => (options.strict ? { ...found, severity: "error" } : found))
    .toSorted(compareDiagnostics);
  const errors = diagnostics.filter((found) => found.severity === "error").length;
  const warnings = diagnostics.length - errors;
  const summary = { files: workspace.files.length, errors, warnings };
  if (options.output === "json") printJson(io, { diagnostics, summary });
  else {
    if (diagnostics.length > 0) {
      io.out(`${formatPretty(diagnostics, workspace.files, { color: io.color })}\n`);
    }
    io.err(`${tell(summary)}\n`);
  }
  return errors > 0 ? EXIT.findings : EXIT.fine;
}

function tell({ files, errors, warnings }: { files: number; errors: number; warnings: number }) {
  const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`;
  const found =
    errors + warnings === 0
      ? "no findings"
      : `${count(errors, "error")}, ${count(warnings, "warning")}`;
  return `${count(files, "file")}: ${found}`;
}

/** Where the search for the root begins: at the first path, so that any workspace can be named. */
async function startOf(paths: readonly string[], cwd: string): Promise<string> {
  const [first] = paths;
  if (first === undefined) return cwd;
  const path = resolve(cwd, first);
  const found = await stat(path).catch(() => null);
  if (found === null) throw new UsageError(`${first} does not exist`);
  return found.isDirectory() ? path : resolve(path, "..");
}

async function within(root: string, path: string, cwd: string): Promise<(file: string) => boolean> {
  const absolute = resolve(cwd, path);
  if ((await stat(absolute).catch(() => null)) === null) {
    throw new UsageError(`${path} does not exist`);
  }
  const name = relative(root, absolute).split(sep).join("/");
  if (name.startsWith("..")) throw new UsageError(`${path} is outside of the workspace ${root}`);
  return (file) => name === "" || file === name || file.startsWith(`${name}/`);
}
