import { connect, telling, type RemoteOptions } from "../client.ts";
import { EXIT, printJson, type ExitCode, type Io } from "../io.ts";

/** `cadenza messages settle <id> --as sent|not_sent` */
export function settle(
  id: string,
  options: RemoteOptions & { readonly as: string },
  io: Io,
): Promise<ExitCode> {
  return telling(io, async () => {
    const client = await connect(options, io);
    const path = `/v1/messages/${encodeURIComponent(id)}/settle`;
    const { body } = await client.request("POST", path, { as: options.as });
    if (options.output === "json") printJson(io, body);
    else {
      const outcome = options.as === "sent" ? "the sequence goes on" : "the step is tried again";
      io.out(`settled ${id} as ${options.as}: ${outcome}\n`);
    }
    return EXIT.fine;
  });
}
