import { openPostgres, type Db } from "../../store/database.ts";
import { migrate } from "../../store/migrate.ts";
import { startBenchCluster } from "../runtime/cluster.ts";
import { publishBenchWorkspace } from "../runtime/workspace.ts";
import { Child } from "./child.ts";

/** The key that the server under test takes. */
export const KEY = "bench-key-of-no-server-but-this-one";

/** The server under test, in a process of its own. */
export interface EngineUnderTest {
  readonly server: Child;
  readonly port: number;
  readonly db: Db;
  /** Of its PostgreSQL. */
  readonly url: string;
}

/**
 * Starts PostgreSQL with the benchmarks' workspace and the server as `serve --role http` starts it, and stops
 * both when `run` is done.
 * @param prepare fills the tables before the server starts
 */
export async function withEngine<T>(
  prepare: (db: Db) => Promise<void>,
  run: (engine: EngineUnderTest) => Promise<T>,
): Promise<T> {
  const { url, stop } = await startBenchCluster();
  try {
    const database = await openPostgres(url);
    const { db } = database;
    await migrate(db);
    await publishBenchWorkspace(db, Date.now());
    await prepare(db);
    const server = new Child("engine-server.ts", { BENCH_DATABASE: url, BENCH_KEY: KEY });
    const port = await server.next<number>();
    const result = await run({ server, port, db, url });
    await server.stop();
    await database.close();
    return result;
  } finally {
    await stop();
  }
}
