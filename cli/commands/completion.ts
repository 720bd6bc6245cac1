import tab, { script, type Command as Completed } from "@bomb.sh/tab";
import readCommands from "@bomb.sh/tab/commander";
import { Command } from "commander";
import { compile, type Compilation } from "../../core/language/index.ts";
import { CATALOGUE } from "../../core/language/catalogue/index.ts";
import { EXIT, type ExitCode, type Io } from "../io.ts";
import { findRoot, readWorkspace } from "../workspace-files.ts";

/** `cadenza completion <shell>`: the script to load in one's shell. */
export function completionScript(shell: string): ExitCode {
  script(shell, "cadenza", "cadenza");
  return EXIT.fine;
}

/** What the shell's script asks at each tab: the words so far, the last of them unfinished. */
export async function complete(words: string[], program: Command, io: Io): Promise<ExitCode> {
  readCommands(withoutCompletion(program), { completionCommandName: "completion" });
  const root = await findRoot(io.cwd, undefined).catch(() => null);
  let known: Compilation | undefined;
  const compiled = () => (root === null ? null : (known ??= compile(readWorkspace(root).files)));
  const sequences = () => compiled()?.sequenceIds ?? [];
  const personas = () => compiled()?.personas.map(({ id }) => id) ?? [];
  for (const command of tab.commands.values()) {
    offer(command.arguments.get("sequence"), sequences);
    offer(command.options.get("sequence"), sequences);
    offer(command.options.get("persona"), personas);
    offer(command.arguments.get("filter"), () => compiled()?.scenarios.map(({ id }) => id) ?? []);
    offer(command.arguments.get("rule"), () => CATALOGUE.map(({ id }) => id));
  }
  tab.parse(words);
  return EXIT.fine;
}

/** The library brings the two commands of completion itself. */
function withoutCompletion(program: Command): Command {
  const rest = new Command(program.name());
  for (const option of program.options) rest.addOption(option);
  for (const command of program.commands) {
    if (!command.name().startsWith("complet")) rest.addCommand(command);
  }
  return rest;
}

type Asked = NonNullable<ReturnType<Completed["arguments"]["get"] | Completed["options"]["get"]>>;

function offer(asked: Asked | undefined, values: () => readonly string[]): void {
  if (asked === undefined) return;
  asked.handler = (found: (value: string, description: string) => void) => {
    for (const value of values()) found(value, "");
  };
}
