import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Clock } from "../../core/clock.ts";
import { createController, type Controller } from "../../controller/controller.ts";
import type { Outcome } from "../../controller/outcome.ts";
import { followDatabaseClock } from "../../runtime/database-clock.ts";
import { createEngine } from "../../runtime/create-engine.ts";
import { createHttpPorts } from "../../runtime/http-ports.ts";
import { createApp } from "../../runtime/http/app.ts";
import { createMonitor } from "../../runtime/http/monitor.ts";
import type { Log } from "../../runtime/log.ts";
import { createMetrics, type Metrics } from "../../runtime/metrics/metrics.ts";
import { createRuntime, type Runtime } from "../../runtime/runtime.ts";
import { createUnsubscribeLinks } from "../../runtime/unsubscribe.ts";
import { ensureOperatorKey } from "../../store/api-keys.ts";
import { openEmbedded, openPostgres, type Database } from "../../store/database.ts";
import { migrate } from "../../store/migrate.ts";
import { ensureServerSecret } from "../../store/server-secret.ts";
import { UsageError } from "../io.ts";
import type { ServeConfig } from "./config.ts";

interface ServerOptions {
  readonly config: ServeConfig;
  readonly apiKey: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** A PostgreSQL server's clock goes before `clock`: the same time for every process that shares it. */
  readonly followDatabaseClock?: boolean;
  readonly log: Log;
  readonly version: string;
  /** Takes an outcome of the controller that is told otherwise; what it does not take is logged. */
  readonly takeOutcome?: (outcome: Outcome) => boolean;
}

/** A running server. */
export interface Server {
  readonly database: Database;
  /** Where the API and the console are; null without the `http` role. */
  readonly url: string | null;
  /** Where health and metrics are; null where nothing listens. */
  readonly monitor: string | null;
  readonly controller: Controller | null;
  readonly runtime: Runtime | null;
  /** Ends gracefully: no new work, what is under way finishes or is handed back. */
  stop(): Promise<void>;
}

/**
 * Puts the server together by its roles. Each part that opens something is closed again when a later
 * one cannot start, so that a failed start leaves nothing behind.
 * @throws UsageError, DatabaseUnavailable, DirectoryInUse, InvalidSource: each says what to do
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { config, log } = options;
  const opened: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of opened.splice(0).toReversed()) await close();
  };
  try {
    const database = await openDatabase(config);
    opened.push(() => database.close());
    const { db } = database;
    await migrate(db);
    const clock = await clockOf(options, database, opened);
    await ensureOperatorKey(db, options.apiKey, clock.now());
    const secret = await ensureServerSecret(db, clock.now());

    const links = createUnsubscribeLinks(config.publicUrl, secret);
    const engine = createEngine(links);
    const metrics = createMetrics(db, clock);
    const controller = config.roles.has("controller")
      ? await startController({ ...options, clock }, db, metrics)
      : null;
    const delivery = {
      mode: config.delivery,
      dataDir: config.dataDir,
      publicUrl: config.publicUrl,
      env: options.env,
    };
    const runtime = config.roles.has("worker")
      ? await createRuntime({
          database,
          clock,
          engine,
          delivery,
          log,
          metrics,
          subscriber: config.subscriber,
        })
      : null;
    if (runtime !== null) opened.push(() => runtime.stop());

    const wake = { dispatcher: () => runtime?.kick(), controller: () => controller?.kick() };
    const ports = createHttpPorts(db, clock, engine, wake, log, join(config.dataDir, "outbox"));
    const { delivery: mode } = config;
    const deps = {
      db,
      clock,
      ports,
      delivery: mode,
      sessionSecret: secret,
      unsubscribe: links,
      publicUrl: config.publicUrl,
      env: options.env,
      log,
      metrics,
      rates: config.rates,
      trustedProxies: config.trustedProxies,
    };
    const app = config.roles.has("http")
      ? await createApp({ ...deps, version: options.version })
      : await createMonitor(deps);
    opened.push(() => app.close());
    // The first to stop: it may be in the middle of a fetch that takes long.
    if (controller !== null) opened.push(() => controller.stop());
    const monitor = config.port === null ? null : await listen(app, config.host, config.port);
    const url = config.roles.has("http") ? monitor : null;
    runtime?.start();
    controller?.start();
    return { database, url, monitor, controller, runtime, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function clockOf(
  { clock, followDatabaseClock: isFollowed, log }: ServerOptions,
  database: Database,
  opened: (() => Promise<unknown>)[],
): Promise<Clock> {
  if (isFollowed !== true || database.kind === "pglite") return clock;
  const shared = await followDatabaseClock(database.db, log);
  opened.push(() => shared.stop());
  return shared;
}

function openDatabase({ databaseUrl, dataDir }: ServeConfig): Promise<Database> {
  return databaseUrl === null ? openEmbedded(dataDir) : openPostgres(databaseUrl);
}

function startController(
  { config, env, clock, log, takeOutcome }: ServerOptions,
  db: Database["db"],
  metrics: Metrics,
): Promise<Controller> {
  return createController({
    db,
    clock,
    dataDir: config.dataDir,
    source: {
      ...config.source,
      token: env["CADENZA_SOURCE_TOKEN"] || null,
      sshKey: env["CADENZA_SOURCE_SSH_KEY"] || null,
      knownHosts: env["CADENZA_SOURCE_KNOWN_HOSTS"] || null,
    },
    onOutcome: (told) => {
      const { outcome, reason, message } = told;
      metrics.reconciled(outcome);
      if (takeOutcome?.(told) === true || outcome === "unchanged") return;
      log[outcome === "applied" ? "info" : "warn"]("reconciled", { outcome, reason, message });
    },
    onError: (error) => log.error("reconcile_failed", { error: String(error) }),
  });
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") {
      throw new UsageError(
        `port ${port} is in use: stop what listens there, or choose another one with --port`,
      );
    }
    if (code === "EACCES" || code === "EADDRNOTAVAIL") {
      throw new UsageError(
        `cannot listen on ${host}:${port} (${code}); set --host or --port to what this machine has`,
      );
    }
    throw error;
  }
}
