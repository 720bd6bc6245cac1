import { once } from "node:events";
import { connect, type AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { limits } from "../../../runtime/http/limits.ts";
import { useApp } from "./harness.ts";

const SOON = 300;
/** As the server is set, only sooner: a test waits for real sockets, whose time nobody can jump. */
const http = useApp(({ ports, db }) => ({
  ports: {
    ...ports,
    reportEvent: () => new Promise(() => {}),
    // The embedded database does one thing at a time: until this ends, nothing else gets an answer.
    async pauseEnrollment() {
      const trx = await db.startTransaction().execute();
      await setTimeout(2 * SOON);
      await trx.commit().execute();
      return { refused: { problem: "not-found", detail: "late" } };
    },
  },
  limits: {
    handlerTimeout: SOON,
    connectionTimeout: 4 * SOON,
    http: { headersTimeout: SOON, requestTimeout: 0, connectionsCheckingInterval: 50 },
  },
}));
let port: number;

beforeAll(async () => {
  await http.app.listen({ port: 0, host: "127.0.0.1" });
  ({ port } = http.app.server.address() as AddressInfo);
});

/** Sends a beginning, and waits until the server hangs up. */
function beginning(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.on("data", (data) => (answer += String(data)));
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

const request = (method: string, path: string, ...headers: readonly string[]) =>
  [`${method} ${path} HTTP/1.1`, "host: x", `authorization: Bearer ${http.keys.operator}`]
    .concat(headers, "", "")
    .join("\r\n");
const head = (length: number) =>
  request(
    "PUT",
    "/v1/contacts/slow",
    "content-type: application/json",
    `content-length: ${length}`,
  );

describe("a request that does not come to an end", () => {
  it("is cut in its head, with 408", async () => {
    const answer = await beginning("GET /v1/status HTTP/1.1\r\nhost: x\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*connection: close[\s\S]*problem:timeout/);
  });

  it("is cut in its body, with 408", async () => {
    const answer = await beginning(`${head(1_000)}{"name":`);
    expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*connection: close[\s\S]*problem:timeout/);
  });

  it("is answered with 503 where it is we who do not come to an end", async () => {
    const target = { type: "contact", id: "slow" };
    const occurred_at = "2026-03-02T10:00:00Z";
    const event = JSON.stringify({ id: "e1", type: "charge.seen", occurred_at, target });
    const headers = ["connection: close", "content-type: application/json"];
    const length = `content-length: ${event.length}`;
    const answer = await beginning(request("POST", "/v1/events", ...headers, length) + event);
    expect(answer).toMatch(/^HTTP\/1\.1 503 [\s\S]*problem:unavailable/);
  });

  it("is answered once, where the database comes back for the deed and for its record", async () => {
    const path = "/v1/enrollments/01920000-0000-7000-8000-000000000000/pause";
    const answer = await beginning(request("POST", path, "connection: close", "content-length: 0"));
    expect(answer).toMatch(/^HTTP\/1\.1 503 [\s\S]*problem:unavailable/);
    expect((await http.call("GET", "/v1/halts")).status).toBe(200);
  });

  it("may be a stream of rows, as long as it goes on", async () => {
    const type = "content-type: application/x-ndjson";
    const rows = request("POST", "/v1/enrollments/bulk", type, "transfer-encoding: chunked");
    const socket = connect(port, "127.0.0.1", () => socket.write(rows));
    let answer = "";
    socket.on("data", (data) => (answer += String(data)));
    await setTimeout(2 * SOON);
    socket.end("2\r\n{}\r\n0\r\n\r\n");
    await once(socket, "close");
    expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*"line":1,"status":400/);
  });

  it("is closed where nothing came at all", async () => {
    expect(await beginning("")).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });
});

describe("the server's own limits", () => {
  it("are seconds, not minutes", () => {
    expect(limits.handlerTimeout).toBeLessThanOrEqual(30_000);
    expect(limits.http.headersTimeout).toBeLessThanOrEqual(15_000);
    expect(limits.http.connectionsCheckingInterval).toBeLessThanOrEqual(5_000);
    expect(limits.connectionTimeout).toBeLessThanOrEqual(60_000);
  });
});
