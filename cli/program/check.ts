import { output, type Register } from "./common.ts";

/** What CI proves of the files, and what helps to write them: offline, all of it. */
export const addCheck: Register = (program, io, report) => {
  program
    .command("validate")
    .description("check schema, references, templates, time and lints; offline")
    .argument("[paths...]", "report only on these files and folders")
    .option("--strict", "treat warnings as errors")
    .addOption(output("pretty", "json", "sarif", "junit", "github", "gitlab", "markdown"))
    .action(async (paths: string[], options) => {
      const { validate } = await import("../commands/validate.ts");
      report(await validate(paths, { ...program.opts(), ...options }, io));
    });
  program
    .command("variables")
    .description("list every variable that templates may use, with its type and source")
    .argument("[sequence]", "only those that are usable in this sequence")
    .addOption(output("pretty", "json"))
    .action(async (sequence: string | undefined, options) => {
      const { variables } = await import("../commands/variables.ts");
      report(await variables(sequence, { ...program.opts(), ...options }, io));
    });
  program
    .command("explain")
    .description("tell what a finding means and how to mend it")
    .argument("[rule]", "the rule's name, as findings show it (default: list all)")
    .addOption(output("pretty", "json", "markdown"))
    .action(async (rule: string | undefined, options) => {
      const { explain } = await import("../commands/explain.ts");
      report(explain(rule, options, io));
    });
};
