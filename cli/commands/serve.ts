import { InvalidSource } from "../../controller/source.ts";
import { createLog } from "../../runtime/log.ts";
import { keepHeapSmall } from "../../runtime/memory.ts";
import { DatabaseUnavailable } from "../../store/database.ts";
import { DirectoryInUse } from "../../store/directory-lock.ts";
import { EXIT, UsageError, type ExitCode, type Io } from "../io.ts";
import { paint } from "../output/paint.ts";
import { readyCurl, starting, welcome } from "../serve/announce.ts";
import { readConfig, type ServeConfig, type ServeOptions } from "../serve/config.ts";
import { prepareDataFolder } from "../serve/data-folder.ts";
import { firstOutcome, type FirstOutcome } from "../serve/first-outcome.ts";
import { firstKey } from "../serve/key.ts";
import { startServer, type Server } from "../serve/server.ts";
import { version } from "../version.ts";

/** How long the first reconciliation may take before the server says that it still waits. */
const FIRST_RECONCILE_MS = 20_000;

/** `cadenza serve`: runs until SIGTERM or SIGINT, then ends gracefully. */
export async function serve(options: ServeOptions, io: Io): Promise<ExitCode> {
  keepHeapSmall();
  const config = readConfig(options, io.env, io.cwd);
  if (keepsFiles(config)) await prepareDataFolder(config.dataDir);
  const { key, made } = await firstKey(config.apiKey, config.dataDir);
  const clock = { now: io.now };
  io.err(starting(config, version()));
  const first = config.roles.has("http") ? firstOutcome() : null;
  const server = await start({
    config,
    apiKey: key,
    env: io.env,
    clock,
    followDatabaseClock: true,
    log: createLog(io.err, clock),
    version: version(),
    ...(first === null ? {} : { takeOutcome: first.take }),
  });
  const ended = untilSignal();
  io.out(welcome(config, server, made ? { key } : null, io.color));
  if (first !== null) await Promise.race([announceFirst(server, first, config, io), ended]);
  const signal = await ended;
  io.err(`${signal}: finishing what is under way\n`);
  await server.stop();
  return EXIT.fine;
}

/** A process that serves only HTTP, with a key and a database of its own, can do without a disk. */
function keepsFiles({ databaseUrl, apiKey, roles }: ServeConfig): boolean {
  return databaseUrl === null || apiKey === null || roles.has("controller") || roles.has("worker");
}

async function start(options: Parameters<typeof startServer>[0]): Promise<Server> {
  try {
    return await startServer(options);
  } catch (error) {
    const isTheirs =
      error instanceof DatabaseUnavailable ||
      error instanceof DirectoryInUse ||
      error instanceof InvalidSource;
    throw isTheirs ? new UsageError(error.message) : error;
  }
}

/** Once something is published, shows how to enroll somebody; or what keeps it from being published. */
async function announceFirst(
  { controller, url, database }: Server,
  first: FirstOutcome,
  config: ServeConfig,
  io: Io,
): Promise<void> {
  if (controller === null || url === null) return;
  const outcome = await first.within(FIRST_RECONCILE_MS);
  if (outcome === undefined) return;
  const { bold, red } = paint(io.color);
  if (outcome.outcome === "failed" || outcome.outcome === "stalled") {
    io.out(`${red("Nothing new was published")}: ${outcome.message}\n\n`);
    return;
  }
  io.out(`  ${outcome.message} of ${controller.url}\n\n`);
  const curl = await readyCurl(database.db, config, url, io.now());
  if (curl === null) return;
  io.out(`${bold("Enroll somebody")} and look into the outbox:\n\n${curl}\n\n`);
}

function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const)
      process.once(signal, () => resolve(signal));
  });
}
