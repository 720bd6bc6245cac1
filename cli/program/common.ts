import { Option, type Command } from "commander";
import type { ExitCode, Io } from "../io.ts";

/** What registers one group of commands on the command line. */
export type Register = (program: Command, io: Io, report: (code: ExitCode) => void) => void;

/** `--output`, the first kind being the default. */
export function output(...kinds: readonly string[]): Option {
  return new Option("--output <format>", "how to print").choices(kinds).default(kinds[0]);
}

/** Options of the commands that talk to a server. */
export function remote(command: Command): Command {
  return command.addOption(server()).addOption(output("pretty", "json"));
}

/** `--server`, for a command that talks to one. */
export function server(): Option {
  return new Option(
    "--server <url>",
    "the server (CADENZA_SERVER; default: http://127.0.0.1:8080)",
  );
}
