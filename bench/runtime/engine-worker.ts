import { createEngine } from "../../runtime/create-engine.ts";
import { keepHeapSmall } from "../../runtime/memory.ts";
import { createMetrics } from "../../runtime/metrics/metrics.ts";
import { createRuntime } from "../../runtime/runtime.ts";
import { createUnsubscribeLinks } from "../../runtime/unsubscribe.ts";
import { openPostgres } from "../../store/database.ts";
import { silent } from "../../test/support/harness.ts";
import { answerParent, type Order } from "./contender.ts";

/**
 * A worker process of the engine, with everything but a provider: its channel takes each message at once.
 * Its clock stands where the last order put it.
 */
keepHeapSmall();
let now = Number(process.env["BENCH_NOW"]);
let sent = 0;
const clock = { now: () => now };
const database = await openPostgres(process.env["BENCH_DATABASE"] ?? "");
const runtime = await createRuntime({
  database,
  clock,
  engine: createEngine(createUnsubscribeLinks("https://example.com", "secret")),
  delivery: { mode: "outbox", dataDir: "", publicUrl: null, env: {} },
  log: { ...silent, error: (name, data) => console.error(name, data) },
  metrics: createMetrics(database.db, clock),
  channels: {
    send() {
      sent += 1;
      return Promise.resolve({ kind: "sent", providerId: null });
    },
    close: () => Promise.resolve(),
  },
});
runtime.start();
answerParent(
  ({ at }: Order) => {
    now = at;
    runtime.kick();
  },
  () => sent,
);
