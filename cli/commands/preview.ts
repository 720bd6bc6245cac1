import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { EXIT, UsageError, type ExitCode, type Io } from "../io.ts";
import { caseOf, type PreviewCase } from "../previews.ts";
import { fits, loadWorkspace, pick, startInstant, type LoadedWorkspace } from "../workspace.ts";

export interface PreviewOptions {
  readonly root?: string;
  readonly persona?: string;
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
  const loaded = await loadWorkspace(options, io);
  if (loaded === null) return EXIT.findings;
  const start = startInstant(options.start, loaded.workspace.policy.timezone, io.now());
  const cases = forPersonas(loaded, sequence, options.persona, start);
  const { output, out } = options;
  const text = await render(cases, loaded, output, io.color && out === undefined);
  if (out === undefined) io.out(text);
  else await write(out, text, io);
  return EXIT.fine;
}

function forPersonas(
  { compiled, workspace }: LoadedWorkspace,
  sequence: string | undefined,
  persona: string | undefined,
  start: number,
): PreviewCase[] {
  const versions = pick(compiled.sequences, sequence, "sequence");
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
