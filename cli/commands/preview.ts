import { EXIT, printJson, UsageError, type ExitCode, type Io } from "../io.ts";
import { formatPreview } from "../output/preview.ts";
import { previewOf } from "../previews.ts";
import { fits, loadWorkspace, pick, startInstant } from "../workspace.ts";

export interface PreviewOptions {
  readonly root?: string;
  readonly persona?: string;
  readonly start?: string;
  readonly output: string;
}

/** `cadenza preview [sequence]`: what would be said to each persona, and when. */
export async function preview(
  sequence: string | undefined,
  options: PreviewOptions,
  io: Io,
): Promise<ExitCode> {
  const loaded = await loadWorkspace(options, io);
  if (loaded === null) return EXIT.findings;
  const { compiled, workspace } = loaded;
  const versions = pick(compiled.sequences, sequence, "sequence");
  const personas = pick(compiled.personas, options.persona, "persona");
  const start = startInstant(options.start, workspace.policy.timezone, io.now());
  const previews = versions.flatMap((version) =>
    personas
      .filter((persona) => fits(version, persona))
      .map((persona) => previewOf(version, persona, workspace, start)),
  );
  if (previews.length === 0) {
    throw new UsageError(
      "no persona fits: a persona needs the sequence's target (add `charge: …`, `deal: …` and so on to one)",
    );
  }
  if (options.output === "json") printJson(io, previews);
  else io.out(formatPreview(previews, compiled, io.color));
  return EXIT.fine;
}
