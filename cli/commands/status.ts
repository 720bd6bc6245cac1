import { connect, telling, type RemoteOptions } from "../client.ts";
import { EXIT, printJson, type ExitCode, type Io } from "../io.ts";
import { formatStatus, type Status } from "../output/status.ts";

/** `cadenza status`: exit code 1 where the source is not ready. */
export function status(options: RemoteOptions, io: Io): Promise<ExitCode> {
  return telling(io, async () => {
    const client = await connect(options, io);
    const { body } = await client.request<Status>("GET", "/v1/status");
    if (options.output === "json") printJson(io, body);
    else io.out(formatStatus(body, io.color));
    return body.conditions.some(({ type, status: on }) => type === "Stalled" && on)
      ? EXIT.findings
      : EXIT.fine;
  });
}
