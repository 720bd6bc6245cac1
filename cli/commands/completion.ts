import { readFileSync } from "node:fs";
import { join } from "node:path";
import tab, { script, type Command as Completed } from "@bomb.sh/tab";
import readCommands from "@bomb.sh/tab/commander";
import { Command } from "commander";
import { compile, type Compilation } from "../../core/language/index.ts";
import { CATALOGUE } from "../../core/language/catalogue/index.ts";
import { EXIT, type ExitCode, type Io } from "../io.ts";
import { findRoot, readWorkspace } from "../workspace-files.ts";

/** The library's own needs the package bash-completion, evaluates what was typed and loads only once. */
const BASH = join(import.meta.dirname, "../completion/cadenza.bash");

/** `cadenza completion <shell>`: the script to load in one's shell. */
export function completionScript(shell: string, io: Io): ExitCode {
  if (shell === "bash") io.out(readFileSync(BASH, "utf8"));
  else script(shell, "cadenza", "cadenza");
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
  const templates = words.includes("template") ? await templateIds(io) : [];
  for (const [name, command] of tab.commands) {
    offer(command.arguments.get("sequence"), sequences);
    offer(command.options.get("sequence"), sequences);
    offer(command.options.get("persona"), personas);
    offer(command.arguments.get("filter"), () => compiled()?.scenarios.map(({ id }) => id) ?? []);
    offer(command.arguments.get("rule"), () => CATALOGUE.map(({ id }) => id));
    if (name.startsWith("template ")) offer(command.arguments.get("id"), () => templates);
  }
  tab.parse(words);
  return EXIT.fine;
}

async function templateIds(io: Io): Promise<readonly string[]> {
  const { offeredTemplates } = await import("../library/templates.ts");
  const { templates } = await offeredTemplates({}, io);
  return templates.map(({ value }) => value.id);
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
    for (const value of values()) {
      // A file under review may name itself anything, and some shells would run what they are given.
      if (/^[a-z0-9-]+$/.test(value)) found(value, "");
    }
  };
}
