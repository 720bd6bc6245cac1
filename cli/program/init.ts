import { Option } from "commander";
import type { Register } from "./common.ts";

/** `init`. */
export const addInit: Register = (program, io, report) => {
  program
    .command("init")
    .description("start a repository of cadences: an example, a test, editor settings and CI")
    .argument("[dir]", "the repository's folder (default: this one)")
    .option("--name <name>", "what the workspace is called (default: the folder's name)")
    .option("--timezone <zone>", "its IANA time zone (default: this machine's)")
    .addOption(
      new Option("--ci <platform>", "whose pipeline to write")
        .choices(["github", "gitlab", "none"])
        .default("github"),
    )
    .action(async (dir: string | undefined, options) => {
      const { init } = await import("../commands/init.ts");
      report(await init(dir, options, io));
    });
};
