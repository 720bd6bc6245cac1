import { output, type Register } from "./common.ts";

/** `plan`. */
export const addPlan: Register = (program, io, report) => {
  program
    .command("plan")
    .description("say what merging does: versions, steps, messages, dates, and what breaks")
    .requiredOption("--against <ref>", "the branch to merge into, for example origin/main")
    .option("--start <instant>", "when the compared enrollments begin, ISO 8601 (default: now)")
    .option("--server <url>", "a running server, for version numbers and who is under way")
    .option("--fail-on-breaking", "exit with 1 where there is a breaking change")
    .addOption(output("pretty", "json", "markdown"))
    .action(async (options) => {
      const { plan } = await import("../commands/plan.ts");
      report(await plan({ ...program.opts(), ...options }, io));
    });
};
