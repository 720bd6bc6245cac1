import type { Transaction } from "kysely";
import { fromKysely, fromPglite, PgBoss } from "pg-boss";
import type { Database } from "../store/database.ts";
import type { Schema } from "../store/schema.ts";
import type { Log } from "./log.ts";

/** pg-boss's queue of chunks; a job's id is its chunk's id. */
export const CHUNKS = "cadenza-chunks";

/** A job frees its slot after this long, so every send must have ended well before. */
export const CHUNK_EXPIRES_MS = 60_000;

/** Recovers a crashed worker's chunk within about 12 s: heartbeat, then monitoring. */
const QUEUE = {
  heartbeatSeconds: 10,
  expireInSeconds: CHUNK_EXPIRES_MS / 1000,
  retryDelay: 0,
  retryLimit: 20,
  deleteAfterSeconds: 3600,
};
const WORK = {
  heartbeatRefreshSeconds: 4,
  pollingIntervalSeconds: 0.5,
  batchSize: 2,
  burstWhenBatchFull: true,
  perJobResults: true,
} as const;

/** Runs one chunk. The signal fires when the job expired or the server stops. */
type ChunkHandler = (chunkId: string, signal: AbortSignal) => Promise<void>;

export interface Queues {
  /** Inserts a chunk's job in the caller's transaction. */
  sendChunk(trx: Transaction<Schema>, chunkId: string): Promise<void>;
  /** Begins to work on chunks, with `workers` that take two at a time. */
  work(handler: ChunkHandler, workers: number): Promise<void>;
  /** Makes this process's workers look for chunks at once. */
  wake(): void;
  /** Lets running chunks finish for a while, then hands them back. */
  stop(timeoutMs: number): Promise<void>;
}

/** Starts pg-boss on the database: its own pool on a server, the shared instance when embedded. */
export async function startQueues(database: Database, log: Log): Promise<Queues> {
  const supervision = { superviseIntervalSeconds: 5, monitorIntervalSeconds: 5 };
  const boss =
    database.kind === "postgres"
      ? new PgBoss({
          ...supervision,
          connectionString: database.url,
          max: 4,
          application_name: "cadenza-queue",
        })
      : new PgBoss({ ...supervision, backend: "pglite", db: fromPglite(database.pglite) });
  boss.on("error", (error) => log.error("queue", { error: String(error) }));
  await boss.start();
  // A queue that shares pg-boss's one table is planned from statistics that know nothing of it.
  const partition = database.kind === "postgres";
  await boss.createQueue(CHUNKS, { ...QUEUE, partition });
  await boss.updateQueue(CHUNKS, QUEUE);
  const workers: string[] = [];

  return {
    async sendChunk(trx, chunkId) {
      await boss.send(CHUNKS, { chunkId }, { id: chunkId, db: fromKysely(trx) });
    },
    async work(handler, count) {
      for (let i = 0; i < count; i++) {
        const id = await boss.work<{ chunkId: string }, void, typeof WORK>(CHUNKS, WORK, (jobs) =>
          Promise.all(jobs.map((job) => settle(job.id, handler(job.id, job.signal), log))),
        );
        workers.push(id);
      }
    },
    wake() {
      for (const id of workers) boss.notifyWorker(id);
    },
    stop: (timeoutMs) => boss.stop({ graceful: true, timeout: timeoutMs, close: true }),
  };
}

/** A chunk that fails is tried again by itself, without the one that was fetched beside it. */
async function settle(id: string, running: Promise<void>, log: Log) {
  try {
    await running;
    return { id, status: "completed" } as const;
  } catch (error) {
    log.error("chunk_failed", { chunk: id, error: String(error) });
    return { id, status: "failed", output: undefined } as const;
  }
}
