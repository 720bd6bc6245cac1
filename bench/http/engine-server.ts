import { tmpdir } from "node:os";
import { readConfig } from "../../cli/serve/config.ts";
import { startServer } from "../../cli/serve/server.ts";
import { silent } from "../../test/support/harness.ts";

/** The server as `serve --role http` starts it. Tells its parent its port. */
const key = process.env["BENCH_KEY"] ?? "";
// One key carries the whole load.
const env = { DATABASE_URL: process.env["BENCH_DATABASE"], CADENZA_RATE_LIMIT: "0" };
const server = await startServer({
  config: readConfig({ role: "http", port: "0", source: tmpdir(), data: tmpdir() }, env, tmpdir()),
  apiKey: key,
  env,
  clock: { now: () => Date.now() },
  followDatabaseClock: true,
  log: { ...silent, error: (name, data) => console.error(name, data) },
  version: "0",
});
process.send?.(Number(new URL(server.url ?? "").port));
process.on("disconnect", () => process.exit(0));
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
