import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { openEmbedded, openPostgres } from "../../store/database.ts";
import { migrate } from "../../store/migrate.ts";
import { startCluster } from "./postgres-cluster.ts";

const TEMPLATE = "cadenza_template";

/**
 * One PostgreSQL for all test files of a run, and one migrated embedded database to copy. Test files run in
 * processes of their own, so they ask over HTTP: POST creates a database, DELETE drops it, POST to
 * `embedded` tells where the copy's file is. The first to ask starts either, since most runs need none.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<Server> | null = null;
  let dumping: Promise<string> | null = null;
  const folder = await mkdtemp(join(tmpdir(), "cadenza-embedded-"));
  const broker = createServer((request, response) => {
    const answered =
      request.url === "/embedded"
        ? (dumping ??= dumpEmbedded(join(folder, "data.tar")))
        : (starting ??= startServer()).then((server) => answer(server, request));
    answered.then(
      (text) => response.end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, "127.0.0.1");
  await once(broker, "listening");
  const { port } = broker.address() as AddressInfo;
  project.provide("postgresBroker", `http://127.0.0.1:${port}/`);
  return async () => {
    broker.close();
    const server = await starting?.catch(() => null);
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

async function dumpEmbedded(path: string): Promise<string> {
  const database = await openEmbedded(null);
  if (database.kind !== "pglite") throw new Error("the embedded database is PGlite");
  await migrate(database.db);
  const dump = await database.pglite.dumpDataDir("none");
  await database.close();
  await writeFile(path, Buffer.from(await dump.arrayBuffer()));
  return path;
}

interface Server {
  readonly url: string;
  readonly admin: pg.Pool;
  stop(): Promise<void>;
}

async function startServer(): Promise<Server> {
  const cluster = await startCluster();
  const admin = new pg.Pool({ connectionString: cluster.url, max: 4 });
  // `end` does not wait for its connections to close, so the server's stop may still reach one.
  admin.on("error", () => {});
  await admin.query(`create database ${TEMPLATE}`);
  const template = await openPostgres(new URL(TEMPLATE, cluster.url).href, { max: 1 });
  await migrate(template.db);
  await template.close();
  const stop = async () => {
    await admin.end();
    await cluster.stop();
  };
  return { url: cluster.url, admin, stop };
}

async function answer({ url, admin }: Server, request: IncomingMessage): Promise<string> {
  const { pathname, searchParams } = new URL(request.url ?? "/", url);
  if (request.method === "DELETE") {
    await admin.query(`drop database ${pathname.slice(1)} with (force)`);
    return "";
  }
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const template = searchParams.has("empty") ? "template1" : TEMPLATE;
  await admin.query(`create database ${name} template ${template}`);
  return new URL(name, url).href;
}
