import type { Clock } from "../core/clock.ts";
import type { Database } from "../store/database.ts";
import { recoverStranded } from "../store/recover.ts";
import { createChannels, type Channels, type DeliverySettings } from "./channels/registry.ts";
import { dispatchDue } from "./dispatch.ts";
import type { Engine } from "./engine.ts";
import { executeChunk, type Execution } from "./execute/execute.ts";
import { createRateLimits } from "./execute/rate-limits.ts";
import type { Log } from "./log.ts";
import { createLoop } from "./loop.ts";
import { rederiveAfterPolicyChange } from "./policy-change.ts";
import { CHUNK_EXPIRES_MS, CHUNKS, startQueues } from "./queues.ts";
import { SEND_TIMEOUT_MS } from "./channels/channel.ts";
import { rederiveStale } from "./stale.ts";

export interface RuntimeOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly delivery: DeliverySettings;
  readonly log: Log;
  /** Instead of the providers that the inboxes name; for tests and benchmarks. */
  readonly channels?: Channels;
}

/** Carries enrollments: dispatcher, workers, sweeper. */
export interface Runtime {
  start(): void;
  /** Something may be due: look at once. */
  kick(): void;
  /** One round of everything that is not a worker, for whoever drives the time. */
  tick(): Promise<number>;
  /** Finishes what is under way, or hands it back. */
  stop(): Promise<void>;
}

const DISPATCH_EVERY_MS = 500;
const SWEEP_EVERY_MS = 5_000;
const STOP_WITHIN_MS = 25_000;
const SLOTS = { postgres: 2, pglite: 1 };

/** Connects to the queue and begins to work on chunks; `start` begins to dispatch them. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { database, clock, engine, log } = options;
  const { db } = database;
  const channels = options.channels ?? createChannels(options.delivery, log);
  const execution: Execution = {
    db,
    clock,
    engine,
    channels,
    limits: createRateLimits(clock),
    log,
  };
  const queues = await startQueues(database, log);
  let stopping = false;

  await queues.work(async (chunkId, signal) => {
    const deadline = performance.now() + CHUNK_EXPIRES_MS - 2 * SEND_TIMEOUT_MS;
    const mustStop = () => stopping || signal.aborted || performance.now() > deadline;
    await executeChunk(execution, chunkId, mustStop);
    dispatcher.kick();
  }, SLOTS[database.kind]);

  const dispatch = () => dispatchDue(db, queues, clock);
  const sweep = async () => {
    const recovered = await recoverStranded(db, CHUNKS, clock.now());
    if (recovered > 0) log.warn("stranded", { count: recovered });
    await rederiveStale(execution);
    await rederiveAfterPolicyChange(execution);
  };
  const dispatcher = createLoop("dispatch", DISPATCH_EVERY_MS, dispatch, log);
  const sweeper = createLoop("sweep", SWEEP_EVERY_MS, sweep, log);

  return {
    start() {
      dispatcher.start();
      sweeper.start();
    },
    kick: () => dispatcher.kick(),
    async tick() {
      await sweep();
      return dispatch();
    },
    async stop() {
      stopping = true;
      await Promise.all([dispatcher.stop(), sweeper.stop()]);
      await queues.stop(STOP_WITHIN_MS);
      await channels.close();
    },
  };
}
