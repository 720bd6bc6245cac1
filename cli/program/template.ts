import { output, type Register } from "./common.ts";

/** `template`: the library of ready-made cadences. */
export const addTemplate: Register = (program, io, report) => {
  const template = program
    .command("template")
    .description("ready-made cadences for many trades: list | show | apply");
  template
    .command("list")
    .description("list the library, and the workspace's own templates, by trade")
    .option("--niche <text>", "only of this trade")
    .addOption(output("pretty", "json"))
    .action(async (options) => {
      const { list } = await import("../commands/template.ts");
      report(await list({ ...program.opts(), ...options }, io));
    });
  template
    .command("show")
    .description("show what a template asks for, and what it says when")
    .argument("<id>", "the template's id")
    .addOption(output("pretty", "json"))
    .action(async (id: string, options) => {
      const { show } = await import("../commands/template.ts");
      report(await show(id, { ...program.opts(), ...options }, io));
    });
  template
    .command("apply")
    .description("make ordinary files of a template; on a terminal it asks for what is missing")
    .argument("<id>", "the template's id")
    .option(
      "--set <name=value>",
      "a parameter's value; once for each",
      (given, before: readonly string[] | undefined): string[] => [...(before ?? []), given],
    )
    .option("--id <id>", "the sequence's id, where it is not to be the template's")
    .option("--dry-run", "print the files and write nothing")
    .option("--force", "overwrite files that exist")
    .action(async (id: string, options) => {
      const { apply } = await import("../commands/template-apply.ts");
      report(await apply(id, { ...program.opts(), ...options }, io));
    });
};
