import { startServer } from "../../cli/serve/server.ts";
import { readConfig } from "../../cli/serve/config.ts";
import { createLog } from "../../runtime/log.ts";

/**
 * A worker in a process of its own, on a clock that its parent moves: each message is the new time, and
 * each answer says that it has arrived.
 */
let now = Number(process.env["TEST_NOW"]);
const clock = { now: () => now };

const server = await startServer({
  config: readConfig({ role: "worker" }, process.env, process.cwd()),
  apiKey: "a-key-for-tests",
  env: process.env,
  clock,
  log: createLog((line) => void process.stderr.write(line), clock),
  version: "0.0.0",
});
process.on("message", (message: { readonly now: number }) => {
  now = message.now;
  server.runtime?.kick();
  process.send?.({ at: now });
});
process.on("disconnect", () => void server.stop().then(() => process.exit(0)));
process.send?.({ ready: true });
