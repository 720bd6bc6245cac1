import { output, type Register } from "./common.ts";

/** What CI proves of the files: `validate`. */
export const addCheck: Register = (program, io, report) => {
  program
    .command("validate")
    .description("check schema, references, templates, time and lints; offline")
    .argument("[paths...]", "report only on these files and folders")
    .option("--strict", "treat warnings as errors")
    .addOption(output("pretty", "json"))
    .action(async (paths: string[], options) => {
      const { validate } = await import("../commands/validate.ts");
      report(await validate(paths, { ...program.opts(), ...options }, io));
    });
};
