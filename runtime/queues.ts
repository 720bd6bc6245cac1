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
};

/** Runs one chunk. The signal fires when the job expired or the server stops. */
export type ChunkHandler = (chunkId: string, signal: AbortSignal) => Promise<void>;

export interface Queues {
  /** Inserts a chunk's job in the caller's transaction. */
  sendChunk(trx: Transaction<Schema>, chunkId: string): Promise<void>;
  /** How many chunks wait for a worker. */
  backlog(): Promise<number>;
  /** Begins to work on chunks, `slots` at a time. */
  work(handler: ChunkHandler, slots: number): Promise<void>;
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
  const partition = database.kind === "postgres";
  if ((await boss.getQueue(CHUNKS)) === null)
    await boss.createQueue(CHUNKS, { ...QUEUE, partition });

  return {
    async sendChunk(trx, chunkId) {
      await boss.send(CHUNKS, { chunkId }, { id: chunkId, db: fromKysely(trx) });
    },
    async backlog() {
      const [stats] = await boss.getQueueStats(CHUNKS, { force: true });
      return stats?.readyCount ?? 0;
    },
    async work(handler, slots) {
      await boss.work<{ chunkId: string }>(
        CHUNKS,
        { ...WORK, localConcurrency: slots },
        async (jobs) => {
          await Promise.all(jobs.map((job) => handler(job.id, job.signal)));
        },
      );
    },
    stop: (timeoutMs) => boss.stop({ graceful: true, timeout: timeoutMs, close: true }),
  };
}
