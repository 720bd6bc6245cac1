import type { Clock } from "../../core/clock.ts";
import { createEngine } from "../../runtime/create-engine.ts";
import { createMetrics } from "../../runtime/metrics/metrics.ts";
import { createRuntime, type Runtime } from "../../runtime/runtime.ts";
import { createUnsubscribeLinks } from "../../runtime/unsubscribe.ts";
import { openPostgres } from "../../store/database.ts";
import { silent } from "../../test/support/harness.ts";

/**
 * Starts the engine with everything but a provider, on the database that the parent names: its channel takes
 * each message at once.
 * @param taken called for each message
 */
export async function startEngine(clock: Clock, taken: () => void): Promise<Runtime> {
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
        taken();
        return Promise.resolve({ kind: "sent", providerId: null });
      },
      close: () => Promise.resolve(),
    },
  });
  runtime.start();
  return runtime;
}
