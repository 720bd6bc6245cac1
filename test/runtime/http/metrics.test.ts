import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Channels } from "../../../runtime/channels/registry.ts";
import { createMonitor } from "../../../runtime/http/monitor.ts";
import { createMetrics, type Metrics } from "../../../runtime/metrics/metrics.ts";
import { observeChannels } from "../../../runtime/metrics/observed-channels.ts";
import { NOW } from "../../core/enrollment/fixtures.ts";
import { delivery } from "../../support/delivery.ts";
import { textDocument } from "../../support/rows.ts";
import { useApp } from "./harness.ts";

let metrics: Metrics;
const http = useApp(({ db, clock }) => ({ metrics: (metrics = createMetrics(db, clock)) }));
const MINUTE = 60_000;

/** The samples of one metric, by their labels. */
async function samples(name: string, app: FastifyInstance = http.app) {
  const { body, statusCode, headers } = await app.inject({ method: "GET", url: "/metrics" });
  expect(statusCode).toBe(200);
  expect(headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = body.split("\n").filter((line) => line.startsWith(name) && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.lastIndexOf(" ");
      return [line.slice(name.length, at), Number(line.slice(at + 1))];
    }),
  );
}

beforeAll(async () => {
  await http.publish(textDocument("welcome"));
});

describe("/metrics", () => {
  it("tells what is live, due and late", async () => {
    expect(await samples("cadenza_enrollments")).toEqual({
      '{state="active"}': 0,
      '{state="paused"}': 0,
      '{state="held"}': 0,
    });
    for (const id of ["a", "b"]) {
      const body = { sequence: "welcome", target: { type: "contact", id }, contact: { id } };
      expect((await http.call("POST", "/v1/enrollments", body)).status).toBe(201);
    }
    const [first] = (await http.call("GET", "/v1/enrollments")).body.data;
    await http.call("POST", `/v1/enrollments/${first.id}/pause`);
    http.clock.time = NOW + 3 * MINUTE;
    expect(await samples("cadenza_enrollments")).toMatchObject({
      '{state="active"}': 1,
      '{state="paused"}': 1,
    });
    expect(await samples("cadenza_due_enrollments")).toEqual({ "": 1 });
    expect(await samples("cadenza_oldest_due_seconds")).toEqual({ "": 180 });
  });

  it("asks the database at most every ten seconds", async () => {
    const before = await samples("cadenza_enrollments");
    const body = {
      sequence: "welcome",
      target: { type: "contact", id: "c" },
      contact: { id: "c" },
    };
    await http.call("POST", "/v1/enrollments", body);
    expect(await samples("cadenza_enrollments")).toEqual(before);
    http.clock.advance(10_000);
    expect(await samples("cadenza_enrollments")).toMatchObject({ '{state="active"}': 2 });
  });

  it("counts and times sends by their consequence", async () => {
    const results = [
      { kind: "sent", providerId: "1" },
      { kind: "permanent", code: "21211", message: "no number" },
    ] as const;
    let next = 0;
    const providers: Channels = { send: async () => results[next++]!, close: async () => {} };
    const channels = observeChannels(providers, metrics);
    const late = delivery({ due: NOW, now: NOW + 20_000 });
    const { signal } = new AbortController();
    expect(await channels.send(late, signal)).toEqual(results[0]);
    expect(await channels.send(late, signal)).toEqual(results[1]);
    expect(await samples("cadenza_sends_total")).toEqual({
      '{channel="email",inbox="mail",result="sent"}': 1,
      '{channel="email",inbox="mail",result="permanent"}': 1,
    });
    const lateness = await samples("cadenza_send_lateness_seconds");
    expect(lateness['_count{channel="email"}']).toBe(1);
    expect(lateness['_sum{channel="email"}']).toBe(20);
    const took = await samples("cadenza_send_duration_seconds_count");
    expect(took).toEqual({ '{provider="outbox"}': 2 });
  });

  it("tells a request by its route, never by what its address holds", async () => {
    await http.call("GET", "/v1/contacts/ana%40example.com");
    await http.call("GET", "/nowhere/ana");
    const counted = await samples("cadenza_http_request_duration_seconds_count");
    expect(counted['{method="GET",route="/v1/contacts/:id",status="404"}']).toBe(1);
    expect(JSON.stringify(counted)).not.toContain("ana");
  });

  it("tells how the source stands", async () => {
    expect(await samples("cadenza_source_last_applied_timestamp_seconds")).toEqual({ "": 0 });
    const conditions = [
      { type: "Ready", status: true, reason: "", message: "", since: "" },
      { type: "Stalled", status: false, reason: "", message: "", since: "" },
    ];
    await http.db
      .updateTable("source_state")
      .set({ conditions: JSON.stringify(conditions), last_applied_at: new Date(NOW) })
      .execute();
    expect(await samples("cadenza_source_condition")).toEqual({
      '{type="Ready"}': 1,
      '{type="Stalled"}': 0,
    });
    expect(await samples("cadenza_source_last_applied_timestamp_seconds")).toEqual({
      "": NOW / 1_000,
    });
    metrics.reconciled("applied");
    expect(await samples("cadenza_reconciliations_total")).toEqual({ '{outcome="applied"}': 1 });
  });
});

describe("a process without the HTTP role", () => {
  let monitor: FastifyInstance;
  beforeAll(async () => {
    monitor = await createMonitor({ db: http.db, metrics });
  });
  afterAll(() => monitor.close());

  it("answers health and metrics, and nothing else", async () => {
    const ready = await monitor.inject({ method: "GET", url: "/health/ready" });
    expect(ready.json()).toEqual({ status: "ready", reasons: [] });
    expect(await samples("cadenza_due_enrollments", monitor)).toEqual({ "": 2 });
    const other = await monitor.inject({ method: "GET", url: "/v1/status" });
    expect(other.statusCode).toBe(404);
  });
});
