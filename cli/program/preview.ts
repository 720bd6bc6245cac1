import { output, server, type Register } from "./common.ts";

/** `preview`. */
export const addPreview: Register = (program, io, report) => {
  program
    .command("preview")
    .description("render every step for each persona, with its due time, channel and reason")
    .argument("[sequence]", "only this sequence")
    .option("--persona <id>", "only this persona")
    .option("--contact <id>", "this contact of a running server instead of personas")
    .addOption(server())
    .option("--against <ref>", "only sequences that merging into this git ref creates or changes")
    .option("--start <instant>", "when the enrollment begins, ISO 8601 (default: now)")
    .option("--out <file>", "write to this file instead of standard output")
    .addOption(output("pretty", "json", "markdown", "html"))
    .action(async (sequence: string | undefined, options) => {
      const { preview } = await import("../commands/preview.ts");
      report(await preview(sequence, { ...program.opts(), ...options }, io));
    });
};
