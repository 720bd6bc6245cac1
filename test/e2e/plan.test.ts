import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Plan } from "../../cli/plan/types.ts";
import { readConfig } from "../../cli/serve/config.ts";
import { startServer, type Server } from "../../cli/serve/server.ts";
import { plannedRepository, sequenceIn, type Planned } from "../cli/plan/repository.ts";
import { FILES } from "../core/language/diff/states.ts";
import { cadenza } from "../support/cli.ts";
import { testClock } from "../support/clock.ts";
import { silent } from "../support/harness.ts";

/** `plan --server` beside a server that runs what `main` holds, with people under way on two versions. */
const KEY = "a-key-for-tests";
const START = "2026-03-02T10:00:00Z";

let repository: Planned;
let server: Server;
let dataDir: string;

async function api(method: string, path: string, body: unknown): Promise<void> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.ok, await response.text()).toBe(true);
}

const enroll = (id: string) =>
  api("POST", "/v1/enrollments", {
    sequence: "visit",
    target: { type: "contact", id },
    contact: { id, email: `${id}@example.com` },
    start_at: "2026-03-09T10:00:00Z",
  });

const planFor = (output: string, env: Readonly<Record<string, string>> = {}, to = server.url) =>
  cadenza(["plan", "--against", "main", "--output", output, "--server", to ?? ""], {
    cwd: join(repository.path, "cadences"),
    env: { CADENZA_CACHE: "off", CADENZA_API_KEY: KEY, ...env },
  });

const planned = async () => JSON.parse((await planFor("json")).out) as Plan;

const at = (text: string, from: string, to: string) => text.replace(from, to);
const first = FILES["visit.yaml"]!;
const second = at(first, "wait: 3 days", "wait: 4 days");

beforeAll(async () => {
  repository = await plannedRepository();
  await repository.git("checkout", "--quiet", "main");
  dataDir = await mkdtemp(join(tmpdir(), "cadenza-plan-e2e-"));
  const env = { CADENZA_DATA: dataDir };
  const clock = testClock(START);
  server = await startServer({
    config: readConfig({ port: "0", source: repository.path, branch: "main" }, env, dataDir),
    apiKey: KEY,
    env,
    clock,
    log: silent,
    version: "0.0.0",
  });
  await api("POST", "/v1/reconcile", {});
  for (const id of ["a", "b"]) await enroll(id);
  await repository.commit({ "cadences/visit.yaml": second });
  clock.advance({ minutes: 1 });
  await api("POST", "/v1/reconcile", {});
  await enroll("c");
  await repository.git("checkout", "--quiet", "-B", "topic");
});

afterAll(async () => {
  await server?.stop();
  await repository?.remove();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

describe("who is under way", () => {
  test("stays on a version, by the step that comes next; a change is the next version", async () => {
    await repository.write({ "visit.yaml": at(second, "welcome aboard", "welcome on board") });
    const { sequences, notes } = await planned();
    expect(notes).toEqual([]);
    expect(sequences).toMatchObject([
      {
        id: "visit",
        action: "change",
        from: 2,
        to: 3,
        live_enrollments: {
          total: 3,
          versions: expect.arrayContaining([
            { version: 1, total: 2, steps: [{ step: "hello", count: 2 }] },
            { version: 2, total: 1, steps: [{ step: "hello", count: 1 }] },
          ]),
        },
      },
    ]);
    const { out: pretty } = await planFor("pretty");
    expect(pretty).toContain("~ visit  Visit: changed, version 2 → 3\n");
    expect(pretty).toContain("  2 stay on version 1: 2 before hello\n");
    expect(pretty).toContain("  1 stays on version 2: 1 before hello\n");
    const { out: markdown } = await planFor("markdown");
    expect(markdown).toContain("| 🟡 changed | `visit` | 2 → 3 | 3 | 1 changed |  |");
    expect(markdown).toContain("- 2 stay on version 1");
  });

  test("a change back is the version that there was; a new sequence is version 1", async () => {
    const other = at(at(first, "id: visit", "id: other"), "contact.custom.plan", "contact.company");
    await repository.write({ "visit.yaml": first, "other.yaml": other });
    const plan = await planned();
    expect(sequenceIn(plan)).toMatchObject({ action: "change", from: 2, to: 1 });
    expect(sequenceIn(plan, "other")).toMatchObject({ action: "create", from: null, to: 1 });
    expect(sequenceIn(plan, "other").live_enrollments).toMatchObject({ total: 0 });
  });

  test("who is on a sequence that is retired finishes it", async () => {
    await repository.git("checkout", "--quiet", "-B", "gone");
    await repository.git("rm", "--quiet", "-f", "cadences/visit.yaml");
    const { out } = await planFor("json");
    const plan = JSON.parse(out) as Plan;
    expect(sequenceIn(plan)).toMatchObject({ action: "retire", from: 2, to: null });
    expect(sequenceIn(plan).live_enrollments?.total).toBe(3);
    await repository.git("checkout", "--quiet", "-f", "topic");
  });

  test("a server that runs another version than the branch holds is told", async () => {
    await repository.write({ "visit.yaml": at(second, "welcome aboard", "welcome on board") });
    await repository.git("commit", "--quiet", "-am", "Not reconciled yet");
    await repository.git("branch", "--quiet", "--force", "main");
    await repository.write({ "visit.yaml": at(second, "welcome aboard", "welcome, all") });
    const { notes } = await planned();
    expect(notes).toEqual([
      "the server runs visit@2, which is not what main holds; see cadenza status",
    ]);
  });
});

describe("what keeps it from asking is one message, and never tells the key", () => {
  const secret = "cdz_not-the-key";
  test.each<readonly [string, Readonly<Record<string, string>>, string | null, RegExp]>([
    ["a wrong key", { CADENZA_API_KEY: secret }, null, /does not know this API key; check CADENZA/],
    ["a key in two lines", { CADENZA_API_KEY: `${secret}\n${secret}` }, null, /is no API key/],
    ["an empty key", { CADENZA_API_KEY: "" }, null, /is no API key/],
    ["no server there", { CADENZA_API_KEY: secret }, "http://127.0.0.1:1", /cannot reach http/],
    ["no address", { CADENZA_API_KEY: secret }, "cadenza", /cannot reach cadenza/],
    ["an empty address", { CADENZA_API_KEY: secret }, "", /--server is empty/],
  ])("%s", async (_, env, to, message) => {
    const { code, out, err } = await planFor("json", env, to ?? server.url);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
    expect(err).not.toContain(secret);
  });

  test("something else that answers", async () => {
    const other = createServer((_, response) => response.end("<html>Hello</html>"));
    await once(other.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { code, err } = await planFor("json", {}, url);
    expect({ code, err }).toEqual({
      code: 2,
      err: `cadenza: ${url} answers with something that is no JSON; is it a Cadenza server?\n`,
    });
    other.close();
  });
});
