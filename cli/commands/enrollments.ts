import { connect, telling, type Client, type RemoteOptions } from "../client.ts";
import { EXIT, printJson, UsageError, type ExitCode, type Io } from "../io.ts";
import { table } from "../output/table.ts";

interface EnrollmentsOptions extends RemoteOptions {
  readonly sequence?: string;
  readonly state?: string;
  readonly contact?: string;
  readonly limit?: string;
}

interface Enrollment {
  readonly id: string;
  readonly sequence: string;
  readonly version: number;
  readonly contact_id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly next_step: string | null;
  readonly next_due_at: string | null;
  readonly ended_at: string | null;
  readonly history?: readonly HistoryEntry[];
}

interface HistoryEntry {
  readonly at: string;
  readonly type: string;
  readonly step: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

const ACTIONS = ["pause", "resume", "exit", "retry", "skip"];
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `cadenza enrollments`, `… <id>`, `… <action> <id>` */
export function enrollments(
  first: string | undefined,
  second: string | undefined,
  options: EnrollmentsOptions,
  io: Io,
): Promise<ExitCode> {
  return telling(io, async () => {
    const isAction = first !== undefined && ACTIONS.includes(first);
    if (second !== undefined && !isAction) {
      throw new UsageError(`${first} is no action; there are: ${ACTIONS.join(", ")}`);
    }
    if (isAction && second === undefined) throw new UsageError(`name the enrollment to ${first}`);
    const id = isAction ? second : first;
    if (id !== undefined && !ID.test(id)) {
      throw new UsageError(
        isAction
          ? `${id} is no enrollment's id; "cadenza enrollments" lists them`
          : `${id} is neither an enrollment's id nor one of: ${ACTIONS.join(", ")}`,
      );
    }
    const { limit = "50" } = options;
    if (!/^[1-9]\d*$/.test(limit)) {
      throw new UsageError(`--limit ${limit}: write a number from 1 on`);
    }
    const client = await connect(options, io);
    if (first === undefined) return list(client, options, io);
    return one(client, isAction ? first : null, second ?? first, options, io);
  });
}

async function one(
  client: Client,
  action: string | null,
  id: string,
  options: EnrollmentsOptions,
  io: Io,
): Promise<ExitCode> {
  const path = `/v1/enrollments/${encodeURIComponent(id)}`;
  if (action !== null) await client.request("POST", `${path}/${action}`);
  const { body } = await client.request<Enrollment>("GET", path);
  if (options.output === "json") printJson(io, body);
  else io.out(`${table(HEADER, [row(body)])}\n${(body.history ?? []).map(event).join("")}`);
  return EXIT.fine;
}

async function list(client: Client, options: EnrollmentsOptions, io: Io): Promise<ExitCode> {
  const query = new URLSearchParams();
  for (const name of ["sequence", "state", "contact", "limit"] as const) {
    const value = options[name];
    if (value !== undefined) query.set(name, value);
  }
  const path = `/v1/enrollments?${query.toString()}`;
  const { body } = await client.request<{ data: Enrollment[]; next_cursor: string | null }>(
    "GET",
    path,
  );
  if (options.output === "json") printJson(io, body);
  else {
    io.out(body.data.length === 0 ? "no enrollments\n" : table(HEADER, body.data.map(row)));
    if (body.next_cursor !== null) io.err("there are more; narrow the list or raise --limit\n");
  }
  return EXIT.fine;
}

const HEADER = ["ID", "SEQUENCE", "CONTACT", "STATE", "NEXT STEP", "DUE"];

function row(enrollment: Enrollment): string[] {
  const { id, sequence, version, contact_id: contact, state, reason } = enrollment;
  return [
    id,
    `${sequence}@${version}`,
    contact,
    reason === null ? state : `${state} (${reason})`,
    (enrollment.ended_at === null ? enrollment.next_step : null) ?? "",
    enrollment.next_due_at ?? "",
  ];
}

function event({ at, type, step, data }: HistoryEntry): string {
  const details = Object.entries(data).map(([key, value]) => `${key}=${String(value)}`);
  return `${at}  ${[type, step, ...details].filter((part) => part).join("  ")}\n`;
}
