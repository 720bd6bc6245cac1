import { setTimeout as pause } from "node:timers/promises";
import { connect, telling, type Client, type RemoteOptions } from "../client.ts";
import { EXIT, printJson, UsageError, type ExitCode, type Io } from "../io.ts";
import { table } from "../output/table.ts";

interface MigrateOptions extends RemoteOptions {
  readonly from: string;
  readonly to: string;
  readonly map?: readonly string[];
  readonly dryRun?: boolean;
}

interface Plan {
  readonly enrollments: number;
  readonly steps: readonly { from: string; to: string; enrollments: number }[];
}

interface Migration {
  readonly id: string;
  readonly state: "running" | "done";
  readonly moved: number;
  readonly left: { readonly [reason: string]: number };
}

const LOOK_EVERY_MS = 250;
/** Without any progress for so long, whoever asked is told where to look. */
const LOOKS = 240;

/** What each reason of `left` means. */
const LEFT: { readonly [reason: string]: string } = {
  unmapped_step: "reached a step meanwhile that the other version has no place for",
  step_repeats: "would be sent a step again that they had",
  unknown_send: "have a send whose outcome is unknown: settle it first (cadenza messages settle)",
  in_hand: "are being sent at this moment",
};

/** `cadenza migrate <sequence> --from <n> --to <m> [--map old=new] [--dry-run]` */
export function migrate(sequence: string, options: MigrateOptions, io: Io): Promise<ExitCode> {
  return telling(io, async () => {
    const [from, to] = [versionIn("--from", options.from), versionIn("--to", options.to)];
    const route = { sequence, from, to, map: mapIn(options.map ?? []) };
    const client = await connect(options, io);
    if (options.dryRun === true) return dryRun(client, route, options, io);
    const { body } = await client.request<Migration>("POST", "/v1/migrations", route);
    const ended = await follow(client, body, io);
    if (options.output === "json") printJson(io, ended);
    else tell(ended, `${sequence}@${to}`, io);
    return Object.keys(ended.left).length === 0 ? EXIT.fine : EXIT.findings;
  });
}

async function dryRun(
  client: Client,
  route: { readonly sequence: string; readonly from: number; readonly to: number },
  options: MigrateOptions,
  io: Io,
): Promise<ExitCode> {
  const asked = { ...route, dry_run: true };
  const { body } = await client.request<Plan>("POST", "/v1/migrations", asked);
  if (options.output === "json") {
    printJson(io, body);
    return EXIT.fine;
  }
  const { sequence, from, to } = route;
  io.out(`${body.enrollments} live in ${sequence}@${from} would go on by ${sequence}@${to}\n`);
  const rows = body.steps.map((step) => [step.from, step.to, String(step.enrollments)]);
  if (rows.length > 0) io.out(table([`STEP OF @${from}`, `STEP OF @${to}`, "ENROLLMENTS"], rows));
  return EXIT.fine;
}

/** Until it is done, or nothing has happened for a minute. */
async function follow(client: Client, started: Migration, io: Io): Promise<Migration> {
  let last = started;
  for (let looks = 0; last.state === "running" && looks < LOOKS; looks++) {
    await pause(LOOK_EVERY_MS);
    const { body } = await client.request<Migration>("GET", `/v1/migrations/${started.id}`);
    if (body.moved !== last.moved) {
      looks = 0;
      io.err(`${body.moved} moved\n`);
    }
    last = body;
  }
  return last;
}

function tell({ id, state, moved, left }: Migration, to: string, io: Io): void {
  io.out(`${moved} go on by ${to}\n`);
  for (const [reason, count] of Object.entries(left)) {
    io.out(`${count} stay: they ${LEFT[reason] ?? reason}\n`);
  }
  if (state === "running") io.err(`it is still under way: GET /v1/migrations/${id}\n`);
}

function versionIn(flag: string, given: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(given)) return Number(given);
  throw new UsageError(`${flag} ${given} is no version; give its number, such as 3`);
}

function mapIn(given: readonly string[]): { readonly [step: string]: string } {
  const pairs = given.map((pair) => {
    const [old = "", other = "", ...rest] = pair.split("=");
    if (old === "" || other === "" || rest.length > 0) {
      throw new UsageError(`--map ${pair}: write it as old-step=new-step`);
    }
    return [old, other] as const;
  });
  return Object.fromEntries(pairs);
}
