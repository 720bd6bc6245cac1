import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { Kysely, PGliteDialect, PostgresDialect } from "kysely";
import pg from "pg";
import { lockDirectory } from "./directory-lock.ts";
import { PreparingClient } from "./prepared.ts";
import type { Schema } from "./schema.ts";

export type Db = Kysely<Schema>;

/** One open database. `engine` is the raw client, which only the job queue needs besides kysely. */
export type Database = { readonly db: Db; close(): Promise<void> } & (
  | { readonly kind: "postgres"; readonly pool: pg.Pool; readonly url: string }
  | { readonly kind: "pglite"; readonly pglite: PGlite }
);

/** A failure that the operator can mend; the message says how and carries no credentials. */
export class DatabaseUnavailable extends Error {
  override readonly name = "DatabaseUnavailable";
}

const INT8 = 20;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Connects to a PostgreSQL server and proves that it answers.
 * @param url a `postgres://` connection string
 * @throws DatabaseUnavailable when nothing answers or the login is refused
 */
export async function openPostgres(url: string, options: { max?: number } = {}): Promise<Database> {
  const pool = new pg.Pool({
    Client: PreparingClient,
    connectionString: url,
    max: options.max ?? 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // A connection that breaks is replaced by the pool, and whoever had it in hand hears of it by the statement
  // that fails; unheard, its error event would end the process. The pool listens only while it is idle.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  try {
    await pool.query("select 1");
  } catch (error) {
    await pool.end();
    throw new DatabaseUnavailable(
      `Cannot use the PostgreSQL server at ${describe(url)}: ${messageOf(error)}. ` +
        `Check DATABASE_URL and that the server runs, or unset it to use the embedded database.`,
    );
  }
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return { kind: "postgres", db, pool, url, close: () => db.destroy() };
}

/**
 * Opens the embedded database below `dataDir`, or one in memory when it is null.
 * @param loadDataDir what one in memory begins with: another's `dumpDataDir`
 * @throws DirectoryInUse when another process has the folder
 */
export async function openEmbedded(dataDir: string | null, loadDataDir?: Blob): Promise<Database> {
  const parsers = { [INT8]: (value: string) => value };
  if (dataDir === null) {
    const pglite = await PGlite.create({ parsers, ...(loadDataDir && { loadDataDir }) });
    return { kind: "pglite", db: kyselyOn(pglite), pglite, close: () => pglite.close() };
  }
  await mkdir(dataDir, { recursive: true });
  const unlock = await lockDirectory(dataDir);
  try {
    const pglite = await PGlite.create(join(dataDir, "pgdata"), { parsers });
    const close = async () => {
      await pglite.close();
      unlock();
    };
    return { kind: "pglite", db: kyselyOn(pglite), pglite, close };
  } catch (error) {
    unlock();
    throw error;
  }
}

function kyselyOn(pglite: PGlite): Db {
  return new Kysely<Schema>({ dialect: new PGliteDialect({ pglite }) });
}

function describe(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `${host}${pathname}`;
  } catch {
    return "DATABASE_URL (which is not a valid postgres:// URL)";
  }
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(", ");
  return error instanceof Error ? error.message : String(error);
}
