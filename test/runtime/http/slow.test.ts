import { connect, type AddressInfo } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import { limits } from "../../../runtime/http/limits.ts";
import { useApp } from "./harness.ts";

const SOON = 300;
/** As the server is set, only sooner: a test waits for real sockets, whose time nobody can jump. */
const http = useApp(() => ({
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

const head = (length: number) =>
  `PUT /v1/contacts/slow HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${http.keys.operator}\r\n` +
  `content-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

describe("a request that does not come to an end", () => {
  it("is cut in its head, with 408", async () => {
    const answer = await beginning("GET /v1/status HTTP/1.1\r\nhost: x\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*connection: close[\s\S]*problem:timeout/);
  });

  it("is cut in its body, with 408", async () => {
    const answer = await beginning(`${head(1_000)}{"name":`);
    expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*connection: close[\s\S]*problem:timeout/);
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
