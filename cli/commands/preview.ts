import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { CompiledVersion } from "../../core/language/index.ts";
import { createCompiler, type CacheOptions } from "../cache/compiler.ts";
import { EXIT, UsageError, type ExitCode, type Io } from "../io.ts";
import { caseOf, type PreviewCase } from "../previews.ts";
import { fits, loadWorkspace, pick, startInstant, type LoadedWorkspace } from "../workspace.ts";

interface PreviewOptions extends CacheOptions {
  readonly root?: string;
  readonly persona?: string;
  readonly contact?: string;
  readonly server?: string;
  readonly against?: string;
  readonly start?: string;
  readonly output: string;
  readonly out?: string;
}

/** `cadenza preview [sequence]`: what would be said to each persona, and when. */
export async function preview(
  sequence: string | undefined,
  options: PreviewOptions,
  io: Io,
): Promise<ExitCode> {
  const { contact, persona, against } = options;
  if (contact !== undefined && persona !== undefined) {
    throw new UsageError("a preview is for a --persona or for a --contact, not for both");
  }
  if (options.server !== undefined && contact === undefined) {
    throw new UsageError("--server knows real contacts; say which with --contact <id>");
  }
  const loaded = await loadWorkspace(options, io);
  if (loaded === null) return EXIT.findings;
  const start = startInstant(options.start, loaded.workspace.policy.timezone, io.now());
  const picked = pick(loaded.compiled.sequences, sequence, "sequence");
  const versions =
    against === undefined ? picked : await touched(picked, loaded, { ...options, against }, io);
  if (versions.length === 0 && against !== undefined) {
    io.err(`nothing to preview: no sequence changes against ${against}\n`);
    return finish([], loaded, options, io);
  }
  if (contact === undefined) {
    return finish(forPersonas(loaded, versions, persona, start), loaded, options, io);
  }
  const { telling } = await import("../client.ts");
  return telling(io, async () => {
    const cases = await forContact(loaded, versions, contact, start, options, io);
    return cases.length === 0 ? EXIT.findings : finish(cases, loaded, options, io);
  });
}

async function touched(
  versions: readonly CompiledVersion[],
  { files }: LoadedWorkspace,
  options: PreviewOptions & { readonly against: string },
  io: Io,
): Promise<readonly CompiledVersion[]> {
  const { touchedSequences } = await import("../preview/touched.ts");
  const compiler = createCompiler(options, io, files.root);
  const ids = await touchedSequences(files.root, options.against, io.now(), compiler);
  return versions.filter(({ id }) => ids.has(id));
}

async function finish(
  cases: readonly PreviewCase[],
  loaded: LoadedWorkspace,
  options: PreviewOptions,
  io: Io,
): Promise<ExitCode> {
  const { output, out } = options;
  const text = await render(cases, loaded, output, io.color && out === undefined);
  if (out === undefined) io.out(text);
  else await write(out, text, io);
  return EXIT.fine;
}

/** Sequences about something that the contact has not got are told, and left out. */
async function forContact(
  { workspace }: LoadedWorkspace,
  versions: readonly CompiledVersion[],
  contact: string,
  start: number,
  options: PreviewOptions,
  io: Io,
): Promise<readonly PreviewCase[]> {
  const { connect } = await import("../client.ts");
  const { casesForContact } = await import("../preview/contact.ts");
  const client = await connect(options, io);
  const { cases, missing } = await casesForContact(client, contact, versions, workspace, start);
  for (const line of missing) io.err(`${line}\n`);
  return cases;
}

function forPersonas(
  { compiled, workspace }: LoadedWorkspace,
  versions: readonly CompiledVersion[],
  persona: string | undefined,
  start: number,
): PreviewCase[] {
  const personas = pick(compiled.personas, persona, "persona");
  const cases = versions.flatMap((version) =>
    personas
      .filter((persona) => fits(version, persona))
      .map((persona) => caseOf(version, persona, workspace, start)),
  );
  if (cases.length > 0) return cases;
  throw new UsageError(
    "no persona fits: a persona needs the sequence's target (add `charge: …`, `deal: …` and so on to one)",
  );
}

/** The formats are loaded one by one: who asks for JSON does not pay for the report. */
async function render(
  cases: readonly PreviewCase[],
  { workspace }: LoadedWorkspace,
  output: string,
  color: boolean,
): Promise<string> {
  switch (output) {
    case "json":
      return `${JSON.stringify(
        cases.map(({ preview }) => preview),
        null,
        2,
      )}\n`;
    case "markdown": {
      const { markdownPreview } = await import("../output/preview/markdown.ts");
      return markdownPreview(cases);
    }
    case "html": {
      const { htmlReport } = await import("../output/preview/html/report.ts");
      return htmlReport(cases, workspace);
    }
    default: {
      const { formatPreview } = await import("../output/preview/pretty.ts");
      return formatPreview(cases, color);
    }
  }
}

/** @throws UsageError when the file cannot be written */
async function write(path: string, text: string, { cwd, err }: Io): Promise<void> {
  try {
    await writeFile(resolve(cwd, path), text);
  } catch (error) {
    throw new UsageError(`cannot write --out ${path}: ${(error as Error).message}`);
  }
  err(`wrote ${path}\n`);
}
