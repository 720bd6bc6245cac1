import { Command } from "commander";
import type { ExitCode, Io } from "./io.ts";
import { addCheck } from "./program/check.ts";
import type { Register } from "./program/common.ts";
import { addCompletion } from "./program/completion.ts";
import { addInit } from "./program/init.ts";
import { addOperations } from "./program/operate.ts";
import { addPlan } from "./program/plan.ts";
import { addPreview } from "./program/preview.ts";
import { addServe } from "./program/serve.ts";
import { addTemplate } from "./program/template.ts";
import { addTest } from "./program/test.ts";
import { version } from "./version.ts";

/** Every group of commands, as `--help` lists them. */
const GROUPS: readonly Register[] = [
  addInit,
  addCheck,
  addPreview,
  addPlan,
  addTest,
  addTemplate,
  addServe,
  addOperations,
  addCompletion,
];

/**
 * The whole command line. A command's own module is loaded only when it runs, so that
 * `cadenza --version` and `cadenza validate` do not pay for the server.
 */
export function buildProgram(io: Io, report: (code: ExitCode) => void): Command {
  const program = new Command("cadenza")
    .description("Follow-up sequences as config as code.")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "explain a command")
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      getOutHasColors: () => io.color,
      outputError: (text, write) => write(oneLine(text)),
    })
    .configureHelp({ showGlobalOptions: true })
    .option(
      "--root <dir>",
      "the folder with cadenza.yaml (default: the nearest one upward, else ./cadences)",
    )
    .option("--no-cache", "check everything anew (CADENZA_CACHE: the folder of results, or off)");

  for (const add of GROUPS) add(program, io, report);
  return program;
}

/** A complaint of commander's, as every other one of ours reads. */
function oneLine(text: string): string {
  const said = text
    .replace(/^error: /, "")
    .trim()
    .replaceAll("\n", " ")
    .replace(/\.$/, "");
  return `cadenza: ${said}; see cadenza --help\n`;
}
