import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { openPostgres } from "../../store/database.ts";
import { migrate } from "../../store/migrate.ts";
import { startCluster } from "./postgres-cluster.ts";

const TEMPLATE = "cadenza_template";

/**
 * One PostgreSQL for all test files of a run. Test files run in processes of their own, so they ask
 * over HTTP: POST creates a database, DELETE drops it. The first to ask starts the server, since most
 * runs need none.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<Server> | null = null;
  const broker = createServer((request, response) => {
    starting ??= startServer();
    starting
      .then((server) => answer(server, request))
      .then(
        (url) => response.end(url),
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
  };
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
