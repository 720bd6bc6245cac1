import { createEngine } from "../../runtime/create-engine.ts";
import { createMetrics } from "../../runtime/metrics/metrics.ts";
import { createRuntime } from "../../runtime/runtime.ts";
import { createUnsubscribeLinks } from "../../runtime/unsubscribe.ts";
import { openPostgres } from "../../store/database.ts";
import { silent } from "../../test/support/harness.ts";

/**
 * A worker process whose clock runs, from wherever its parent puts it; nobody tells it that something is due.
 * Tells the instants (epoch ms of that clock) at which its channel took messages.
 */
const REPORT_EVERY_MS = 50;
let offset = Number(process.env["BENCH_OFFSET"]);
const clock = { now: () => Date.now() + offset };
const database = await openPostgres(process.env["BENCH_DATABASE"] ?? "");
let sent: number[] = [];
const runtime = await createRuntime({
  database,
  clock,
  engine: createEngine(createUnsubscribeLinks("https://example.com", "secret")),
  delivery: { mode: "outbox", dataDir: "", publicUrl: null, env: {} },
  log: { ...silent, error: (name, data) => console.error(name, data) },
  metrics: createMetrics(database.db, clock),
  channels: {
    send() {
      sent.push(clock.now());
      return Promise.resolve({ kind: "sent", providerId: null });
    },
    close: () => Promise.resolve(),
  },
});
runtime.start();
process.send?.([]);
setInterval(() => {
  if (sent.length === 0) return;
  process.send?.(sent);
  sent = [];
}, REPORT_EVERY_MS);
process.on("message", (order: { offset: number }) => void ({ offset } = order));
process.on("disconnect", () => process.exit(0));
