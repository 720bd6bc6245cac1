import { connect, telling, type Client, type RemoteOptions } from "../client.ts";
import { EXIT, printJson, UsageError, type ExitCode, type Io } from "../io.ts";
import { table } from "../output/table.ts";

interface ApprovalsOptions extends RemoteOptions {
  readonly body?: string;
  readonly subject?: string;
}

interface Approval {
  readonly id: string;
  readonly sequence: string;
  readonly version: number;
  readonly step: string;
  readonly contact_id: string;
  readonly channel: string;
  readonly subject: string | null;
  readonly body: string;
  readonly problem: string | null;
  readonly expires_at: string;
}

const ACTIONS = { approve: "approved", edit: "approved as edited", discard: "discarded" } as const;
const NAMES = Object.keys(ACTIONS).join(", ");

/** `cadenza approvals`, `… approve | discard <id>`, `… edit <id> --body <text>` */
export function approvals(
  action: string | undefined,
  id: string | undefined,
  options: ApprovalsOptions,
  io: Io,
): Promise<ExitCode> {
  return telling(io, async () => {
    if (action !== undefined && !Object.hasOwn(ACTIONS, action)) {
      throw new UsageError(`${action} is no action; there are: ${NAMES}`);
    }
    if (action !== undefined && id === undefined)
      throw new UsageError(`name the draft to ${action}`);
    const { body, subject } = options;
    if (action === "edit" && body === undefined) {
      throw new UsageError("say what is to be sent: --body <text>");
    }
    if (action !== "edit" && (body ?? subject) !== undefined) {
      throw new UsageError("--body and --subject are for: cadenza approvals edit <id>");
    }
    const client = await connect(options, io);
    if (action === undefined || id === undefined) return list(client, options, io);
    const path = `/v1/approvals/${encodeURIComponent(id)}/${action}`;
    const edit = { body, ...(subject === undefined ? {} : { subject }) };
    await client.request("POST", path, ...(action === "edit" ? [edit] : []));
    const done = ACTIONS[action as keyof typeof ACTIONS];
    if (options.output === "json") printJson(io, { id, done });
    else io.out(`${done}: ${id}\n`);
    return EXIT.fine;
  });
}

async function list(client: Client, options: ApprovalsOptions, io: Io): Promise<ExitCode> {
  const { body } = await client.request<{ data: Approval[]; next_cursor: string | null }>(
    "GET",
    "/v1/approvals",
  );
  if (options.output === "json") {
    printJson(io, body);
    return EXIT.fine;
  }
  io.out(
    body.data.length === 0 ? "nothing waits for approval\n" : table(HEADER, body.data.map(row)),
  );
  if (body.next_cursor !== null) io.err("there are more than these\n");
  return EXIT.fine;
}

const HEADER = ["ID", "STEP", "CONTACT", "CHANNEL", "EXPIRES", "TEXT"];
const SHOWN = 60;

function row(draft: Approval): string[] {
  const { id, sequence, version, step, contact_id: contact, channel, body, problem } = draft;
  const line = body.replace(/\s+/g, " ");
  const text = line.length > SHOWN ? `${line.slice(0, SHOWN - 1)}…` : line;
  const note = problem === null ? "" : ` (static: ${problem})`;
  return [id, `${sequence}@${version} ${step}`, contact, channel, draft.expires_at, text + note];
}
