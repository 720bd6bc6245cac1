import { appendFile, stat } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import { compareDiagnostics, type Diagnostic } from "../../core/language/diagnostic.ts";
import { formatPretty } from "../../core/language/frame.ts";
import { createCompiler, type CacheOptions } from "../cache/compiler.ts";
import { EXIT, printJson, UsageError, type ExitCode, type Io } from "../io.ts";
import { tell, type Summary } from "../output/report/report.ts";
import type { ReportFormat } from "../output/report/index.ts";
import { pathFrom, pathInRepository } from "../repository.ts";
import { findRoot, readWorkspace, type WorkspaceFiles } from "../workspace-files.ts";

interface ValidateOptions extends CacheOptions {
  readonly root?: string;
  readonly strict?: boolean;
  readonly output: "pretty" | "json" | ReportFormat;
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
  const found = await createCompiler(options, io, root).check(workspace.files);
  const isWanted = (file: string) => wanted.length === 0 || wanted.some((matches) => matches(file));
  const diagnostics = [...workspace.diagnostics, ...found]
    .filter(({ file }) => isWanted(file))
    .map((one): Diagnostic => (options.strict ? { ...one, severity: "error" } : one))
    .toSorted(compareDiagnostics);
  const errors = diagnostics.filter((one) => one.severity === "error").length;
  const warnings = diagnostics.length - errors;
  const summary = { files: workspace.files.length, errors, warnings };
  await print(options.output, { diagnostics, summary, workspace, isWanted }, io);
  return errors > 0 ? EXIT.findings : EXIT.fine;
}

interface Result {
  readonly diagnostics: readonly Diagnostic[];
  readonly summary: Summary;
  readonly workspace: WorkspaceFiles;
  readonly isWanted: (file: string) => boolean;
}

async function print(
  output: ValidateOptions["output"],
  { diagnostics, summary, workspace, isWanted }: Result,
  io: Io,
): Promise<void> {
  if (output === "json") {
    printJson(io, { diagnostics, summary });
    return;
  }
  if (output === "pretty") {
    if (diagnostics.length > 0) {
      const style = { color: io.color, pathOf: pathFrom(io.cwd, workspace.root) };
      io.out(`${formatPretty(diagnostics, workspace.files, style)}\n`);
    }
  } else {
    const { formatMarkdown, formatReport } = await import("../output/report/index.ts");
    const files = workspace.files.map(({ path }) => path).filter(isWanted);
    const report = { diagnostics, files, summary, prefix: pathInRepository(workspace.root) };
    io.out(formatReport(output, report));
    const page = output === "github" ? io.env["GITHUB_STEP_SUMMARY"] : undefined;
    if (page) await appendFile(page, formatMarkdown(report));
  }
  io.err(`${tell(summary)}\n`);
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
