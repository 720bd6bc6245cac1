import { Command, Option } from "commander";
import type { ExitCode, Io } from "./io.ts";
import { version } from "./version.ts";

type Report = (code: ExitCode) => void;
type Outputs = readonly string[];

/**
 * The whole command line. A command's own module is loaded only when it runs, so that
 * `cadenza --version` and `cadenza validate` do not pay for the server.
 */
export function buildProgram(io: Io, report: Report): Command {
  const program = new Command("cadenza")
    .description("Follow-up sequences as config as code.")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "explain a command")
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, getOutHasColors: () => io.color })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("(cadenza --help lists the commands and their options)")
    .option(
      "--root <dir>",
      "the folder with cadenza.yaml (default: the nearest one upward, else ./cadences)",
    );

  program
    .command("validate")
    .description("check schema, references, templates, time and lints; offline")
    .argument("[paths...]", "report only on these files and folders")
    .option("--strict", "treat warnings as errors")
    .addOption(output("pretty", "json"))
    .action(async (paths: string[], options) => {
      const { validate } = await import("./commands/validate.ts");
      report(await validate(paths, { ...program.opts(), ...options }, io));
    });
  program
    .command("preview")
    .description("render every step for each persona, with its due time, channel and reason")
    .argument("[sequence]", "only this sequence")
    .option("--persona <id>", "only this persona")
    .option("--start <instant>", "when the enrollment begins, ISO 8601 (default: now)")
    .addOption(output("pretty", "json"))
    .action(async (sequence: string | undefined, options) => {
      const { preview } = await import("./commands/preview.ts");
      report(await preview(sequence, { ...program.opts(), ...options }, io));
    });
  addServe(program, io, report);
  addOperations(program, io, report);
  return program;
}

function addServe(program: Command, io: Io, report: Report): void {
  program
    .command("serve")
    .description("run the controller, the runtime, HTTP and the console")
    .option(
      "--source <url>",
      "git URL or path (CADENZA_SOURCE; default: the repository around this folder)",
    )
    .option("--branch <name>", "the branch to publish (CADENZA_BRANCH; default: the source's own)")
    .option(
      "--path <dir>",
      "the folder with cadenza.yaml in the source (CADENZA_PATH; default: cadences)",
    )
    .option("--port <port>", "the HTTP port (PORT; default: 8080)")
    .option("--host <address>", "the address to listen on (HOST; default: 127.0.0.1)")
    .option("--role <roles>", "comma-separated: controller,worker,http (default: all)")
    .option("--data <dir>", "where the server keeps its files (CADENZA_DATA; default: .cadenza)")
    .action(async (options) => {
      const { serve } = await import("./commands/serve.ts");
      report(await serve(options, io));
    });
}

function addOperations(program: Command, io: Io, report: Report): void {
  remote(program.command("enroll"))
    .description("enroll a target in a sequence")
    .argument("[sequence]", "the sequence's id")
    .option("--target <type:id>", "for example charge:ch_1042 (default: the contact)")
    .option("--contact <id>", "the contact's id")
    .option("--set <entity.field=value...>", "data that merges into the contact and the target")
    .option("--start-at <instant>", "when it begins, ISO 8601")
    .option(
      "--file <ndjson>",
      "enroll every row of a file, as POST /v1/enrollments/bulk takes them",
    )
    .action(async (sequence: string | undefined, options) => {
      const { enroll } = await import("./commands/enroll.ts");
      report(await enroll(sequence, options, io));
    });
  remote(program.command("enrollments"))
    .description("list enrollments, show one, or: pause | resume | exit | retry | skip <id>")
    .argument("[action-or-id]")
    .argument("[id]")
    .option("--sequence <id>", "only of this sequence")
    .option("--state <state>", "only in this state")
    .option("--contact <id>", "only of this contact")
    .option("--limit <n>", "at most this many (default: 50)")
    .action(async (first: string | undefined, second: string | undefined, options) => {
      const { enrollments } = await import("./commands/enrollments.ts");
      report(await enrollments(first, second, options, io));
    });
  for (const verb of ["halt", "resume"] as const) {
    remote(program.command(verb))
      .description(
        verb === "halt" ? "stop new sends in a scope at once" : "let a halted scope send again",
      )
      .argument("[scope]", "sequence, sequence@version or inbox:<id>")
      .option("--all", "everything")
      .action(async (scope: string | undefined, options) => {
        const { halts } = await import("./commands/halts.ts");
        report(await halts(verb, scope, options, io));
      });
  }
  const messages = program.command("messages").description("settle sends whose outcome is unknown");
  remote(messages.command("settle"))
    .description("say what became of a message in state unknown")
    .argument("<id>", "the message's id")
    .addOption(
      new Option("--as <outcome>", "what happened")
        .choices(["sent", "not_sent"])
        .makeOptionMandatory(),
    )
    .action(async (id: string, options) => {
      const { settle } = await import("./commands/settle.ts");
      report(await settle(id, options, io));
    });
  remote(program.command("status"))
    .description("show the source, the last reconciliation and what is under way")
    .action(async (options) => {
      const { status } = await import("./commands/status.ts");
      report(await status(options, io));
    });
  remote(program.command("reconcile"))
    .description("fetch the source now and publish what is new")
    .option("--acknowledge <sha>", "let this commit pass although it stalled")
    .action(async (options) => {
      const { reconcile } = await import("./commands/reconcile.ts");
      report(await reconcile(options, io));
    });
}

/** Options of the commands that talk to a server. */
function remote(command: Command): Command {
  return command
    .option("--server <url>", "the server (CADENZA_SERVER; default: http://127.0.0.1:8080)")
    .addOption(output("pretty", "json"));
}

function output(...kinds: Outputs): Option {
  return new Option("--output <format>", "how to print").choices(kinds).default(kinds[0]);
}
