import { compareDiagnostics, type Diagnostic } from "../core/language/diagnostic.ts";
import { checkHolidays } from "../core/time/index.ts";
import type { Publication } from "../store/publishing.ts";
import { inWorkspace } from "./checks.ts";
import type { Commit } from "./commits.ts";
import type { Git } from "./git.ts";
import { createMemory, type Memory } from "./memory.ts";
import { readNext } from "./next-files.ts";

/** A commit, read and compiled. */
export interface Candidate {
  readonly commit: Commit;
  readonly files: number;
  /** All findings, warnings too. */
  readonly diagnostics: readonly Diagnostic[];
  /** Null when it has errors. */
  readonly publication: Publication | null;
}

/** Reads a commit's files and compiles them; nothing is published yet. */
export async function readCandidate(
  git: Git,
  commit: Commit,
  path: string,
  memory: Memory = createMemory(),
): Promise<Candidate> {
  const read = await readNext(git, commit.sha, path, memory.files);
  const compiled = memory.compile(read.files);
  const { workspace, sequences, attributes, inboxes } = compiled;
  const diagnostics = [...read.diagnostics, ...compiled.diagnostics];
  const holidays = workspace?.business_days.holidays;
  const unknown = holidays?.country ? await checkHolidays(holidays.country, holidays.region) : null;
  if (unknown !== null) diagnostics.push(inWorkspace("holidays", unknown));
  const isValid = !diagnostics.some(({ severity }) => severity === "error");
  return {
    commit,
    files: read.files.length + read.diagnostics.length,
    diagnostics: diagnostics.toSorted(compareDiagnostics),
    publication:
      workspace !== null && isValid
        ? { commit, sequences, attributes, inboxes, policy: workspace }
        : null,
  };
}

/**
 * What an acknowledged empty tree publishes: no sequence. The workspace stays, since running enrollments
 * finish by its rules and through its inboxes.
 */
export function retiringAll(
  { commit, files }: Candidate,
  workspace: Pick<Publication, "policy" | "inboxes">,
): Candidate {
  const { policy, inboxes } = workspace;
  const publication = { commit, sequences: [], attributes: [], policy, inboxes };
  return { commit, files, diagnostics: [], publication };
}
