import { connect, telling, type RemoteOptions } from "../client.ts";
import { EXIT, printJson, UsageError, type ExitCode, type Io } from "../io.ts";

interface HaltOptions extends RemoteOptions {
  readonly all?: boolean;
}

/** `cadenza halt | resume <sequence[@n] | inbox:<id> | --all>` */
export function halts(
  verb: "halt" | "resume",
  given: string | undefined,
  options: HaltOptions,
  io: Io,
): Promise<ExitCode> {
  return telling(io, async () => {
    const scope = scopeOf(given, options.all ?? false);
    const client = await connect(options, io);
    const { body } =
      verb === "halt"
        ? await client.request("POST", "/v1/halts", { scope })
        : await client.request("DELETE", `/v1/halts?scope=${encodeURIComponent(scope)}`);
    if (options.output === "json") printJson(io, body ?? { scope });
    else io.out(`${said(verb, given)}\n`);
    return EXIT.fine;
  });
}

function said(verb: "halt" | "resume", given: string | undefined): string {
  if (verb === "resume") return `resumed ${given ?? "everything"}`;
  return given === undefined
    ? "halted everything: nothing more is sent"
    : `halted ${given}: nothing more is sent in it`;
}

function scopeOf(given: string | undefined, all: boolean): string {
  if (all && given === undefined) return "all";
  if (all || given === undefined) {
    throw new UsageError("name one scope: a sequence, sequence@version, inbox:<id>, or --all");
  }
  return given.startsWith("inbox:") ? given : `sequence:${given}`;
}
