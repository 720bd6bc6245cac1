import { Option } from "commander";
import { remote, type Register } from "./common.ts";

/** The commands that operate a server over its API. */
export const addOperations: Register = (program, io, report) => {
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
      const { enroll } = await import("../commands/enroll.ts");
      report(await enroll(sequence, options, io));
    });
  remote(program.command("enrollments"))
    .description("list enrollments, show one, or: pause | resume | exit | retry | skip <id>")
    .argument("[action-or-id]")
    .argument("[id]")
    .option("--sequence <id>", "only of this sequence")
    .addOption(
      new Option("--state <state>", "only in this state").choices([
        "active",
        "paused",
        "held",
        "completed",
        "exited",
        "failed",
      ]),
    )
    .option("--contact <id>", "only of this contact")
    .option("--limit <n>", "at most this many (default: 50)")
    .action(async (first: string | undefined, second: string | undefined, options) => {
      const { enrollments } = await import("../commands/enrollments.ts");
      report(await enrollments(first, second, options, io));
    });
  remote(program.command("approvals"))
    .description("list the drafts that wait for approval, or: approve | edit | discard <id>")
    .argument("[action]")
    .argument("[id]")
    .option("--body <text>", "with edit: the text that is sent instead")
    .option("--subject <text>", "with edit: the subject that is sent instead")
    .action(async (action: string | undefined, id: string | undefined, options) => {
      const { approvals } = await import("../commands/approvals.ts");
      report(await approvals(action, id, options, io));
    });
  for (const verb of ["halt", "resume"] as const) {
    remote(program.command(verb))
      .description(
        verb === "halt" ? "stop new sends in a scope at once" : "let a halted scope send again",
      )
      .argument("[scope]", "sequence, sequence@version or inbox:<id>")
      .option("--all", "everything")
      .action(async (scope: string | undefined, options) => {
        const { halts } = await import("../commands/halts.ts");
        report(await halts(verb, scope, options, io));
      });
  }
  remote(program.command("migrate"))
    .description("carry live enrollments of one version on by another")
    .argument("<sequence>", "the sequence's id")
    .requiredOption("--from <n>", "the version that they are on")
    .requiredOption("--to <n>", "the version that carries them from now on")
    .option("--map <old=new...>", "a step that has another id in the other version")
    .option("--dry-run", "say what would happen, and change nothing")
    .action(async (sequence: string, options) => {
      const { migrate } = await import("../commands/migrate.ts");
      report(await migrate(sequence, options, io));
    });
  const messages = program
    .command("messages")
    .description("sends whose outcome is unknown: settle <id> --as sent | not_sent");
  remote(messages.command("settle"))
    .description("say what became of a message in state unknown")
    .argument("<id>", "the message's id")
    .addOption(
      new Option("--as <outcome>", "what happened")
        .choices(["sent", "not_sent"])
        .makeOptionMandatory(),
    )
    .action(async (id: string, options) => {
      const { settle } = await import("../commands/settle.ts");
      report(await settle(id, options, io));
    });
  remote(program.command("status"))
    .description("show the source, the last reconciliation and what is under way")
    .action(async (options) => {
      const { status } = await import("../commands/status.ts");
      report(await status(options, io));
    });
  remote(program.command("reconcile"))
    .description("fetch the source now and publish what is new")
    .option("--acknowledge <sha>", "let this commit pass although it stalled")
    .action(async (options) => {
      const { reconcile } = await import("../commands/reconcile.ts");
      report(await reconcile(options, io));
    });
};
