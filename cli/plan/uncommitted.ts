import type { Listed } from "../../controller/checkout.ts";
import type { CommitFiles } from "../../controller/files.ts";
import type { Diagnostic } from "../../core/language/diagnostic.ts";
import type { WorkspaceFiles } from "../workspace-files.ts";

/** How the files that are there differ from the commit they belong to. */
interface Uncommitted {
  /** Texts by name; null: the file is gone. */
  readonly changes: ReadonlyMap<string, string | null>;
  /** Findings about files that could not be committed as they are. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What would be committed if somebody did so now: files that git ignores are left out. Pure. */
export function uncommittedIn(
  work: WorkspaceFiles,
  committed: CommitFiles,
  { known, absent }: Listed,
): Uncommitted {
  const before = new Map(committed.files.map(({ path, text }) => [path, text]));
  const unreadable = new Set(committed.diagnostics.map(({ file }) => file));
  const there = new Set([...work.files.map(({ path }) => path), ...absent]);
  for (const { file } of work.diagnostics) there.add(file);
  const changes = new Map<string, string | null>();
  for (const { path, text } of work.files) {
    if (known.has(path) && !isSame(text, before.get(path))) changes.set(path, text);
  }
  for (const path of [...before.keys(), ...unreadable]) {
    if (!there.has(path)) changes.set(path, null);
  }
  return {
    changes,
    diagnostics: work.diagnostics.filter(({ file }) => known.has(file) && !unreadable.has(file)),
  };
}

/** A checkout may have other line ends than the commit, which git changes back. */
function isSame(text: string, committed: string | undefined): boolean {
  if (committed === undefined) return false;
  return text === committed || text.replaceAll("\r\n", "\n") === committed;
}
