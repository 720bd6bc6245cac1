import { DateTime } from "luxon";
import type { Workspace } from "../../core/enrollment/index.ts";
import {
  compile,
  formatPretty,
  type CompiledVersion,
  type Persona,
} from "../../core/language/index.ts";
import { didYouMean } from "../../core/did-you-mean.ts";
import { loadCalendar } from "../../core/time/index.ts";
import { EXIT, printJson, UsageError, type ExitCode, type Io } from "../io.ts";
import { findRoot, readWorkspace } from "../workspace-files.ts";
import { formatPreview } from "../output/preview.ts";
import { previewOf } from "../previews.ts";

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
  const root = await findRoot(io.cwd, options.root);
  const files = readWorkspace(root);
  const compiled = compile(files.files);
  const errors = [...files.diagnostics, ...compiled.diagnostics].filter(
    (found) => found.severity === "error",
  );
  if (errors.length > 0 || compiled.workspace === null) {
    io.out(`${formatPretty(errors, files.files, { color: io.color })}\n`);
    io.err("the workspace has errors; nothing can be previewed before they are mended\n");
    return EXIT.findings;
  }
  const versions = pick(compiled.sequences, sequence, "sequence");
  const personas = pick(compiled.personas, options.persona, "persona");
  const start = startInstant(options.start, compiled.workspace.timezone, io.now());
  const workspace: Workspace = {
    policy: compiled.workspace,
    calendar: await loadCalendar(compiled.workspace),
    inboxes: new Map(compiled.inboxes.map((inbox) => [inbox.id, inbox])),
    unsubscribeUrl: (enrollment) => `https://example.com/u/${enrollment}`,
  };
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

function pick<T extends { readonly id: string }>(
  all: readonly T[],
  id: string | undefined,
  what: string,
): readonly T[] {
  if (id === undefined) return all;
  const found = all.filter((one) => one.id === id);
  if (found.length > 0) return found;
  const ids = all.map((one) => one.id);
  const near = didYouMean(id, ids);
  const hint = near ? `did you mean ${near}?` : `there are: ${ids.join(", ") || "none"}`;
  throw new UsageError(`no ${what} ${id}; ${hint}`);
}

function fits(version: CompiledVersion, persona: Persona): boolean {
  return version.document.target in persona && persona[version.document.target] !== undefined;
}

function startInstant(given: string | undefined, zone: string, now: number): number {
  if (given === undefined) return Math.floor(now / 60_000) * 60_000;
  const parsed = DateTime.fromISO(given, { zone });
  if (!parsed.isValid)
    throw new UsageError(`--start ${given} is not an ISO 8601 instant, such as 2026-03-02T09:00`);
  return parsed.toMillis();
}
