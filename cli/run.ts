import { CommanderError } from "commander";
import { buildProgram } from "./program.ts";
import { EXIT, UsageError, type ExitCode, type Io } from "./io.ts";

/**
 * Runs one command line.
 * @param argv the arguments after `cadenza`
 * @returns the exit code; nothing here ends the process
 */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.fine;
  const program = buildProgram(io, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
    if (error instanceof UsageError) {
      io.err(`cadenza: ${error.message}\n`);
      return EXIT.usage;
    }
    io.err(`cadenza: internal error: ${describe(error)}\n`);
    return EXIT.internal;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
