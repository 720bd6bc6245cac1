import { beforeAll, expect, it, vi } from "vitest";
import { answerRequest, readProgress } from "../../../store/reconciliations.ts";
import { useApp } from "./harness.ts";

const WAIT_MS = 20_000;
const http = useApp(() => ({ reconcileWait: WAIT_MS }));

let base: string;
beforeAll(async () => {
  base = await http.app.listen({ port: 0, host: "127.0.0.1" });
});

/** Over a socket, because what a request says of its connection is not the same when it is injected. */
function askOverSocket(signal: AbortSignal | null = null): Promise<Response> {
  const headers = {
    authorization: `Bearer ${http.keys.operator}`,
    "content-type": "application/json",
  };
  return fetch(`${base}/v1/reconcile`, { method: "POST", headers, body: "{}", signal });
}

it("answers once the controller has reconciled", async () => {
  const asked = askOverSocket();
  await vi.waitFor(async () => expect((await readProgress(http.db)).requestedAt).not.toBeNull());
  await answerRequest(http.db, http.clock.now());
  expect((await asked).status).toBe(200);
});

it("waits no longer than its caller", async () => {
  http.clock.advance(60_000);
  const gone = new AbortController();
  const asked = askOverSocket(gone.signal);
  await vi.waitFor(async () => expect((await readProgress(http.db)).requestedAt).not.toBeNull());
  gone.abort();
  await expect(asked).rejects.toThrow();
  const before = performance.now();
  await http.app.close();
  expect(performance.now() - before).toBeLessThan(WAIT_MS / 2);
});
