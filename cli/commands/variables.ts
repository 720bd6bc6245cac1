import { didYouMean } from "../../core/did-you-mean.ts";
import { compile, type Variable } from "../../core/language/index.ts";
import { EXIT, printJson, UsageError, type ExitCode, type Io } from "../io.ts";
import { table } from "../output/table.ts";
import { findRoot, readWorkspace } from "../workspace-files.ts";

export interface VariablesOptions {
  readonly root?: string;
  readonly output: "pretty" | "json";
}

/**
 * `cadenza variables [sequence]`: every variable that templates and conditions may use there, with its
 * type and where it comes from. A workspace with mistakes has variables all the same.
 */
export async function variables(
  sequence: string | undefined,
  options: VariablesOptions,
  io: Io,
): Promise<ExitCode> {
  const compiled = compile(readWorkspace(await findRoot(io.cwd, options.root)).files);
  if (sequence !== undefined && !compiled.sequenceIds.includes(sequence)) {
    const near = didYouMean(sequence, compiled.sequenceIds);
    const hint = near
      ? `did you mean ${near}?`
      : `there are: ${compiled.sequenceIds.join(", ") || "none"}`;
    throw new UsageError(`no sequence ${sequence}; ${hint}`);
  }
  const all = compiled.variables(sequence);
  if (options.output === "json") printJson(io, all);
  else io.out(table(["VARIABLE", "TYPE", "BLANK", "SOURCE", "WHAT IT IS"], all.map(rowOf)));
  return EXIT.fine;
}

function rowOf({ variable, type, optional, declared_in, description, options }: Variable) {
  const values = options === null ? "" : ` (${options.join(", ")})`;
  const what = `${description ?? ""}${values}`.trim();
  return [variable, type, optional ? "possible" : "never", declared_in ?? "built in", what];
}
