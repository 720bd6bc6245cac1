import { connect, telling, type RemoteOptions } from "../client.ts";
import { EXIT, printJson, type ExitCode, type Io } from "../io.ts";
import { formatConditions, formatDiagnostics, type Status } from "../output/status.ts";
import type { Diagnostic } from "../../core/language/diagnostic.ts";

interface ReconcileOptions extends RemoteOptions {
  readonly acknowledge?: string;
}

interface Answer {
  readonly conditions: Status["conditions"];
  readonly reconciliation: {
    readonly outcome: string;
    readonly commit_sha: string | null;
    readonly message: string | null;
    readonly diagnostics: readonly Diagnostic[];
  } | null;
}

/** `cadenza reconcile`: exit code 1 where the commit was refused or the source stalled. */
export function reconcile(options: ReconcileOptions, io: Io): Promise<ExitCode> {
  return telling(io, async () => {
    const client = await connect(options, io);
    const request = options.acknowledge === undefined ? {} : { acknowledge: options.acknowledge };
    const { status, body } = await client.request<Answer>("POST", "/v1/reconcile", request);
    const { conditions, reconciliation } = body;
    if (options.output === "json") printJson(io, body);
    else {
      if (status === 202) io.err('the controller has not answered yet; see "cadenza status"\n');
      io.out(formatConditions(conditions, io.color));
      if (reconciliation !== null) io.out(formatDiagnostics(reconciliation.diagnostics));
    }
    const refused = conditions.some(({ type, status: on }) => type === "Stalled" && on);
    return refused || reconciliation?.outcome === "failed" ? EXIT.findings : EXIT.fine;
  });
}
