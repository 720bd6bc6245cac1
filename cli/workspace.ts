import { DateTime } from "luxon";
import type { Workspace } from "../core/enrollment/index.ts";
import { didYouMean } from "../core/did-you-mean.ts";
import { formatPretty } from "../core/language/frame.ts";
import type { CompiledVersion, Persona } from "../core/language/index.ts";
import { loadCalendar } from "../core/time/index.ts";
import { createCompiler, type CacheOptions, type Compiled } from "./cache/compiler.ts";
import { UsageError, type Io } from "./io.ts";
import { pathFrom } from "./repository.ts";
import { findRoot, readWorkspace, type WorkspaceFiles } from "./workspace-files.ts";

/** A workspace without errors, ready for the engine. */
export interface LoadedWorkspace {
  readonly files: WorkspaceFiles;
  readonly compiled: Compiled;
  readonly workspace: Workspace;
}

/**
 * Reads and compiles the workspace that a command works on.
 * @returns null where it has errors: they are printed, and the command ends with findings
 * @throws UsageError when there is no workspace
 */
export async function loadWorkspace(
  options: CacheOptions & { readonly root?: string },
  io: Io,
): Promise<LoadedWorkspace | null> {
  const files = readWorkspace(await findRoot(io.cwd, options.root));
  const compiled = await createCompiler(options, io, files.root).compile(files.files);
  const errors = [...files.diagnostics, ...compiled.diagnostics].filter(
    (found) => found.severity === "error",
  );
  if (errors.length > 0 || compiled.workspace === null) {
    const style = { color: io.color, pathOf: pathFrom(io.cwd, files.root) };
    io.err(`${formatPretty(errors, files.files, style)}\n`);
    io.err("the workspace has errors; mend them first\n");
    return null;
  }
  return { files, compiled, workspace: await workspaceOf(compiled) };
}

/**
 * The workspace of a valid compilation as the engine takes it.
 * @throws when the compilation has errors
 */
export async function workspaceOf({
  workspace,
  inboxes,
}: Pick<Compiled, "workspace" | "inboxes">): Promise<Workspace> {
  if (workspace === null) throw new Error("a workspace with errors was handed to the engine");
  return {
    policy: workspace,
    calendar: await loadCalendar(workspace),
    inboxes: new Map(inboxes.map((inbox) => [inbox.id, inbox])),
    unsubscribeUrl: (enrollment) => `https://example.com/u/${enrollment}`,
  };
}

/**
 * All, or the one with this id.
 * @throws UsageError when there is none
 */
export function pick<T extends { readonly id: string }>(
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

/** Whether a persona has what a sequence is about. */
export function fits({ document }: CompiledVersion, persona: Persona): boolean {
  return persona[document.target] !== undefined;
}

/**
 * The start of a preview: the one given, or the present minute. Epoch ms.
 * @param zone what a time without an offset is meant in
 * @throws UsageError when it is no instant
 */
export function startInstant(given: string | undefined, zone: string, now: number): number {
  if (given === undefined) return Math.floor(now / 60_000) * 60_000;
  const parsed = DateTime.fromISO(given, { zone });
  // Dates that count from it have to be representable, too.
  if (!parsed.isValid || parsed.year < EARLIEST || parsed.year > LATEST)
    throw new UsageError(`--start ${given} is not an ISO 8601 instant, such as 2026-03-02T09:00`);
  return parsed.toMillis();
}

const EARLIEST = 1970;
const LATEST = 9000;
