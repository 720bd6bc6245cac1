import { totalmem } from "node:os";
import { startCluster, type Cluster } from "../../test/support/postgres-cluster.ts";
import { report } from "../measure.ts";

/**
 * PostgreSQL as it would run on a machine of this size: what was committed is on the disk, and the
 * checkpoints are far enough apart not to decide a round.
 */
export function startBenchCluster(): Promise<Cluster> {
  return startCluster({
    fsync: "on",
    full_page_writes: "on",
    shared_buffers: megabytes(totalmem() / 4),
    max_wal_size: "16GB",
    checkpoint_timeout: "30min",
    random_page_cost: "1.1",
    effective_cache_size: megabytes(totalmem() * 0.7),
  });
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)}MB`;
}

/** Reports what a benchmark finds on a cluster of its own. @param run is told the database `postgres` */
export async function reportOnCluster(
  run: (url: string) => Promise<Record<string, number>>,
): Promise<void> {
  const cluster = await startBenchCluster();
  try {
    report(await run(cluster.url));
  } finally {
    await cluster.stop();
  }
}
