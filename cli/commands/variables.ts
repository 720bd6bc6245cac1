import { compile, type Variable } from "../../core/language/index.ts";
import { EXIT, printJson, type ExitCode, type Io } from "../io.ts";
import { table } from "../output/table.ts";
import { pick } from "../workspace.ts";
import { findRoot, readWorkspace } from "../workspace-files.ts";

interface VariablesOptions {
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
  pick(
    compiled.sequenceIds.map((id) => ({ id })),
    sequence,
    "sequence",
  );
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
