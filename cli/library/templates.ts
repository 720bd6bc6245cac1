import { join } from "node:path";
import { didYouMean } from "../../core/did-you-mean.ts";
import { readTemplates, type LibraryTemplate } from "../../core/library/read-templates.ts";
import { UsageError, type Io } from "../io.ts";
import type { SourceFile } from "../../core/language/index.ts";
import { findRoot, readWorkspace, type WorkspaceFiles } from "../workspace-files.ts";

/** Beside the code, in a checkout and in the package. */
const LIBRARY = join(import.meta.dirname, "../../cadences/library");

export interface Offered extends LibraryTemplate {
  readonly source: "library" | "workspace";
}

interface Offer {
  /** By trade. */
  readonly templates: readonly Offered[];
  /** Null outside of a workspace. */
  readonly own: WorkspaceFiles | null;
}

/**
 * The library's templates and the workspace's own, which win where ids are the same.
 * @throws UsageError when the workspace that was named is none
 */
export async function offeredTemplates(
  { root }: { readonly root?: string },
  io: Io,
): Promise<Offer> {
  const folder = await findRoot(io.cwd, root).catch((error: unknown) => {
    if (error instanceof UsageError && root === undefined) return null;
    throw error;
  });
  const own = folder === null ? null : readWorkspace(folder);
  const offered = new Map<string, Offered>();
  const offer = (files: readonly SourceFile[], source: Offered["source"]) => {
    for (const template of readTemplates(files)) {
      offered.set(template.value.id, { ...template, source });
    }
  };
  offer(readWorkspace(LIBRARY).files, "library");
  offer(own?.files ?? [], "workspace");
  const templates = [...offered.values()].toSorted(
    ({ value: a }, { value: b }) =>
      a.niche.localeCompare(b.niche, "en") || a.id.localeCompare(b.id, "en"),
  );
  return { templates, own };
}

/**
 * The template of that id.
 * @throws UsageError when there is none
 */
export function templateNamed(all: readonly Offered[], id: string): Offered {
  const found = all.find(({ value }) => value.id === id);
  if (found !== undefined) return found;
  const near = didYouMean(
    id,
    all.map(({ value }) => value.id),
  );
  const hint = near ? `did you mean ${near}?` : "cadenza template list shows them all";
  throw new UsageError(`no template ${id}; ${hint}`);
}
