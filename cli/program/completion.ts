import { Argument } from "commander";
import type { Register } from "./common.ts";

/** `completion <shell>`, and what the shell's script then asks. */
export const addCompletion: Register = (program, io, report) => {
  program
    .command("completion")
    .description("print a script that completes commands, options and ids in your shell")
    .addArgument(
      new Argument("<shell>", "add its output to your shell's start-up file").choices([
        "bash",
        "zsh",
        "fish",
        "powershell",
      ]),
    )
    .action(async (shell: string) => {
      const { completionScript } = await import("../commands/completion.ts");
      report(completionScript(shell, io));
    });
  program
    .command("complete", { hidden: true })
    .argument("[words...]")
    .allowUnknownOption()
    .action(async (words: string[]) => {
      const { complete } = await import("../commands/completion.ts");
      report(await complete(words, program, io));
    });
};
