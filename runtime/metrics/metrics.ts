import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Clock } from "../../core/clock.ts";
import type { SendResult } from "../../core/enrollment/index.ts";
import { measure, type Measures } from "../../store/measure.ts";
import type { Db } from "../../store/database.ts";
import { readSourceState, type SourceState } from "../../store/source-requests.ts";
import type { Delivery } from "../channels/channel.ts";
import { cache } from "../cache.ts";

/** What this process counts, and what the database says, for a monitor to read. */
export interface Metrics {
  /** @param seconds how long the provider took */
  sent(delivery: Delivery, result: SendResult["kind"], seconds: number): void;
  answered(method: string, route: string, status: number, seconds: number): void;
  reconciled(outcome: string): void;
  /** What a model was paid for. */
  wrote(model: string, promptTokens: number, completionTokens: number, cost: number): void;
  /** All of it, in Prometheus' text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** A count of every live enrollment is kept this long, however many monitors ask. */
const MEASURED_FOR_MS = 10_000;

const LATE_SECONDS = [1, 2, 5, 10, 30, 60, 300, 1_800, 7_200, 43_200];
const SEND_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];
const ANSWER_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** Counters begin at zero with the process; gauges are read when a monitor asks. No label holds personal data. */
export function createMetrics(db: Db, clock: Clock): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const sends = new Counter({
    name: "cadenza_sends_total",
    help: "Calls of a provider by their consequence: sent, retry, snooze, permanent, ambiguous.",
    labelNames: ["channel", "inbox", "result"],
    registers,
  });
  const lateness = new Histogram({
    name: "cadenza_send_lateness_seconds",
    help: "How long after its due time a message went out.",
    labelNames: ["channel"],
    buckets: LATE_SECONDS,
    registers,
  });
  const duration = new Histogram({
    name: "cadenza_send_duration_seconds",
    help: "How long a provider took to answer.",
    labelNames: ["provider"],
    buckets: SEND_SECONDS,
    registers,
  });
  const answers = new Histogram({
    name: "cadenza_http_request_duration_seconds",
    help: "How long a request took.",
    labelNames: ["method", "route", "status"],
    buckets: ANSWER_SECONDS,
    registers,
  });
  const reconciliations = new Counter({
    name: "cadenza_reconciliations_total",
    help: "Reconciliations by outcome: applied, unchanged, failed, stalled.",
    labelNames: ["outcome"],
    registers,
  });
  const tokens = new Counter({
    name: "cadenza_ai_tokens_total",
    help: "Tokens that models read (prompt) and wrote (completion).",
    labelNames: ["model", "kind"],
    registers,
  });
  const costs = new Counter({
    name: "cadenza_ai_cost_total",
    help: "What models cost, by the prices that are set.",
    labelNames: ["model"],
    registers,
  });
  const showMeasures = measureGauges(registry);
  const showSource = sourceGauges(registry);
  const measured = cache(clock, MEASURED_FOR_MS, () => measure(db, clock.now()));

  return {
    sent({ channel, inbox, due, now }, result, seconds) {
      sends.inc({ channel, inbox: inbox.id, result });
      duration.observe({ provider: inbox.provider }, seconds);
      if (result === "sent") lateness.observe({ channel }, Math.max(0, now - due) / 1_000);
    },
    answered(method, route, status, seconds) {
      answers.observe({ method, route, status }, seconds);
    },
    reconciled: (outcome) => reconciliations.inc({ outcome }),
    wrote(model, promptTokens, completionTokens, cost) {
      tokens.inc({ model, kind: "prompt" }, promptTokens);
      tokens.inc({ model, kind: "completion" }, completionTokens);
      costs.inc({ model }, cost);
    },
    async text() {
      showMeasures(await measured.get(null), clock.now());
      showSource(await readSourceState(db));
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

function measureGauges(registry: Registry) {
  const gauge = gaugesOf(registry);
  const live = gauge("cadenza_enrollments", "Live enrollments by state.", ["state"]);
  const due = gauge("cadenza_due_enrollments", "Enrollments that are due and not begun.");
  const late = gauge("cadenza_oldest_due_seconds", "How long the oldest of them has been due.");
  const claimed = gauge("cadenza_claimed_enrollments", "Enrollments that a worker has in hand.");
  const chunks = gauge("cadenza_chunks", "Chunks that are queued or under way.");
  const unknown = gauge("cadenza_unknown_messages", "Messages that may or may not have gone out.");
  return (measures: Measures, now: number) => {
    for (const [state, count] of Object.entries(measures.live)) live.set({ state }, count);
    due.set(measures.due);
    late.set(measures.oldestDue === null ? 0 : Math.max(0, now - measures.oldestDue) / 1_000);
    claimed.set(measures.claimed);
    chunks.set(measures.chunks);
    unknown.set(measures.unknown);
  };
}

function sourceGauges(registry: Registry) {
  const gauge = gaugesOf(registry);
  const condition = gauge(
    "cadenza_source_condition",
    "1 where a condition of the source holds: Ready, Reconciling, Stalled.",
    ["type"],
  );
  const suspended = gauge("cadenza_source_suspended", "1 while the source is suspended.");
  const applied = gauge(
    "cadenza_source_last_applied_timestamp_seconds",
    "When a commit was last applied; 0 before the first.",
  );
  return (source: SourceState) => {
    for (const { type, status } of source.conditions) condition.set({ type }, status ? 1 : 0);
    suspended.set(source.suspended ? 1 : 0);
    applied.set((source.last_applied_at?.getTime() ?? 0) / 1_000);
  };
}

function gaugesOf(registry: Registry) {
  return (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
}
