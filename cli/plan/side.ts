import type { CommitFiles } from "../../controller/files.ts";
import type { Workspace } from "../../core/enrollment/index.ts";
import { compareDiagnostics, type Diagnostic } from "../../core/language/diagnostic.ts";
import type { State } from "../../core/language/diff/index.ts";
import { checkHolidays } from "../../core/time/index.ts";
import { inWorkspace } from "../../controller/checks.ts";
import type { Compiled, Compiler } from "../cache/compiler.ts";
import { workspaceOf } from "../workspace.ts";

/** One side of the comparison, read and compiled. */
export interface Side {
  readonly files: CommitFiles;
  readonly compiled: Compiled;
  /** Every finding, sorted. */
  readonly diagnostics: readonly Diagnostic[];
  /** Null where it has errors. */
  readonly valid: ValidSide | null;
}

export interface ValidSide {
  readonly state: State;
  /** Null where there is no file at all. */
  readonly workspace: Workspace | null;
}

/**
 * Compiles one side, with what the controller checks before it publishes.
 * @param found findings beside those of the files
 */
export async function sideOf(
  files: CommitFiles,
  compiler: Compiler,
  found: readonly Diagnostic[] = [],
): Promise<Side> {
  const compiled = await compiler.compile(files.files);
  const diagnostics = [...found, ...files.diagnostics, ...compiled.diagnostics];
  const holidays = compiled.workspace?.business_days.holidays;
  const unknown = holidays?.country ? await checkHolidays(holidays.country, holidays.region) : null;
  if (unknown !== null) diagnostics.push(inWorkspace("holidays", unknown));
  const isValid = !diagnostics.some(({ severity }) => severity === "error");
  return {
    files,
    compiled,
    diagnostics: diagnostics.toSorted(compareDiagnostics),
    valid: isValid ? await validSide(files, compiled) : null,
  };
}

async function validSide({ files }: CommitFiles, compiled: Compiled): Promise<ValidSide> {
  const { sequences, attributes, workspace, inboxes } = compiled;
  return {
    state: { files, sequences, attributes, workspace, inboxes },
    workspace: workspace === null ? null : await workspaceOf(compiled),
  };
}
