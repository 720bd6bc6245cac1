import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../core/clock.ts";
import { hasWork } from "../store/claim.ts";
import type { Database } from "../store/database.ts";
import { nextDueWithin } from "../store/next-due.ts";
import { SEND_GRACE_MS, SEND_TIMEOUT_MS } from "./channels/channel.ts";
import { composeDrafts } from "./ai/compose.ts";
import { modelFrom } from "./ai/model.ts";
import { notifyApprovers } from "./ai/notify.ts";
import { createChannels, type Channels, type DeliverySettings } from "./channels/registry.ts";
import { dispatchDue } from "./dispatch.ts";
import type { Engine } from "./engine.ts";
import { executeChunk } from "./execute/execute.ts";
import type { Execution } from "./execute/run.ts";
import { createRateLimits } from "./execute/rate-limits.ts";
import type { Log } from "./log.ts";
import { createLoop } from "./loop.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { observeChannels } from "./metrics/observed-channels.ts";
import { tellSubscriber } from "./outgoing/deliver.ts";
import type { Subscriber } from "./outgoing/sign.ts";
import { carryMigrations } from "./migrations/carry.ts";
import { rederiveAfterPolicyChange } from "./policy-change.ts";
import { CHUNK_EXPIRES_MS, startQueues } from "./queues.ts";
import { startSilent } from "./events/silence.ts";
import { lookUpUnknown } from "./look-up.ts";
import { forgetExpired } from "./retention.ts";
import { rederiveStale } from "./stale.ts";
import { sweep } from "./sweep.ts";

export interface RuntimeOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly delivery: DeliverySettings;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Whoever is told of events; null: nobody. */
  readonly subscriber?: Subscriber | null;
  /** Instead of the providers that the inboxes name; for tests and benchmarks. */
  readonly channels?: Channels;
}

/** Carries enrollments: dispatcher, workers, sweeper. */
export interface Runtime {
  start(): void;
  /** Something may be due: look at once. */
  kick(): void;
  /** Works until nothing is due any more and nobody has anything in hand; for whoever drives the time. */
  drain(): Promise<void>;
  /** Finishes what is under way, or hands it back. */
  stop(): Promise<void>;
}

const DISPATCH_EVERY_MS = 500;
const SWEEP_EVERY_MS = 5_000;
const DRAFTS_EVERY_MS = 1_000;
const MIGRATIONS_EVERY_MS = 1_000;
/** Approvers get one mail for what has gathered meanwhile. */
const EVENTS_EVERY_MS = 1_000;
const SILENCE_EVERY_MS = 30_000;
const LOOK_UP_EVERY_MS = 60_000;
const RETENTION_EVERY_MS = 3_600_000;
const NOTICES_EVERY_MS = 60_000;
/** Longer than one wave, shorter than the patience of those who stop servers. */
const STOP_WITHIN_MS = 25_000;
const DRAIN_LOOK_MS = 10;
/** The embedded database does one thing at a time. */
const WORKERS = { postgres: 2, pglite: 1 };
/** A wave that is opened just before this still ends, and is recorded, before its chunk expires. */
const LAST_WAVE_MS = CHUNK_EXPIRES_MS - 2 * (SEND_TIMEOUT_MS + SEND_GRACE_MS);

/** Connects to the queue and begins to work on chunks; `start` begins to dispatch them. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { database, clock, engine, log } = options;
  const { db } = database;
  const providers = options.channels ?? createChannels(options.delivery, log);
  const channels = observeChannels(providers, options.metrics);
  const limits = createRateLimits(db, clock);
  const execution: Execution = { db, clock, engine, channels, limits, log };
  const queues = await startQueues(database, log);
  let stopping = false;

  const dispatch = () => dispatchDue(db, queues, clock);
  let wakeUp: NodeJS.Timeout | undefined;
  /** What comes due before the next look is not kept waiting for it. */
  const dispatchOnTime = async () => {
    await dispatch();
    const now = clock.now();
    const due = await nextDueWithin(db, DISPATCH_EVERY_MS, now);
    clearTimeout(wakeUp);
    if (due !== null) wakeUp = setTimeout(() => dispatcher.kick(), due - now);
  };
  const followPolicy = () => rederiveAfterPolicyChange(execution, () => stopping);
  const followSilence = async () => {
    if ((await startSilent(execution, () => stopping)) > 0) dispatcher.kick();
  };
  const forget = async () => {
    const { dataDir } = options.delivery;
    await forgetExpired({ ...execution, dataDir }, () => stopping);
  };
  const migrate = async () => {
    await carryMigrations(execution, () => stopping);
    dispatcher.kick();
  };

  const composition = {
    ...execution,
    model: modelFrom(options.delivery.env),
    used: options.metrics.wrote,
  };
  const notification = { ...execution, publicUrl: options.delivery.publicUrl };
  const writeDrafts = async () => {
    while (!stopping && (await composeDrafts(composition)) > 0) dispatcher.kick();
  };

  const dispatcher = createLoop("dispatch", DISPATCH_EVERY_MS, dispatchOnTime, log);
  const loops = [
    dispatcher,
    createLoop("sweep", SWEEP_EVERY_MS, () => sweep(execution), log),
    createLoop("policy", SWEEP_EVERY_MS, followPolicy, log),
    createLoop("migrations", MIGRATIONS_EVERY_MS, migrate, log),
    createLoop("silence", SILENCE_EVERY_MS, followSilence, log),
    createLoop("look-up", LOOK_UP_EVERY_MS, () => lookUpUnknown(execution), log),
    createLoop("retention", RETENTION_EVERY_MS, forget, log),
    createLoop("drafts", DRAFTS_EVERY_MS, writeDrafts, log),
    createLoop("approvers", NOTICES_EVERY_MS, () => notifyApprovers(notification), log),
  ];

  const { subscriber = null } = options;
  if (subscriber !== null) {
    const tell = () => tellSubscriber({ ...execution, subscriber });
    loops.push(createLoop("events", EVENTS_EVERY_MS, tell, log));
  }

  await queues.work(async (chunkId, signal) => {
    const lastWave = performance.now() + LAST_WAVE_MS;
    const mustStop = () => stopping || signal.aborted || performance.now() > lastWave;
    await executeChunk(execution, chunkId, mustStop);
    dispatcher.kick();
  }, WORKERS[database.kind]);

  return {
    start() {
      for (const loop of loops) loop.start();
    },
    kick: () => dispatcher.kick(),
    async drain() {
      await followPolicy();
      await carryMigrations(execution);
      await startSilent(execution);
      while ((await dispatch()) > 0 || (await hasWork(db, clock.now()))) {
        queues.wake();
        await rederiveStale(execution);
        await pause(DRAIN_LOOK_MS);
      }
    },
    async stop() {
      stopping = true;
      await Promise.all(loops.map((loop) => loop.stop()));
      clearTimeout(wakeUp);
      await queues.stop(STOP_WITHIN_MS);
      await channels.close();
    },
  };
}
