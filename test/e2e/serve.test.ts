import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createRepository, serveRepository, type TestRepository } from "../support/git-remote.ts";

/** `cadenza serve` as a newcomer starts it: a process of its own, on the embedded database. */
const MAIN = resolve("cli/main.js");
let repository: TestRepository;
let running: ChildProcess[] = [];

beforeEach(async () => {
  repository = await createRepository();
  await cp("cadences", join(repository.path, "cadences"), { recursive: true });
  await repository.commit({ ".gitignore": ".cadenza/\n" }, "Cadences");
});
afterEach(async () => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  await repository.remove();
});

interface Started {
  readonly child: ChildProcess;
  readonly printed: { text: string };
}

function start(args: readonly string[] = [], env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [MAIN, "serve", "--port", "0", ...args], {
    cwd: repository.path,
    env: { PATH: process.env["PATH"] ?? "", HOME: tmpdir(), ...env },
  });
  running.push(child);
  const printed = { text: "" };
  child.stdout.on("data", (chunk: Buffer) => void (printed.text += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => void (printed.text += chunk.toString()));
  return { child, printed };
}

/** Waits until the server has published, and returns where it listens. */
async function ready({ printed }: Started): Promise<string> {
  await vi.waitFor(() => expect(printed.text).toContain("Enroll somebody"), {
    timeout: 60_000,
    interval: 100,
  });
  return /Console\s+(\S+)/.exec(printed.text)?.[1] ?? "";
}

/** How it ended, and what it said after the line that says what is starting. */
async function ended({ child, printed }: Started): Promise<{ code: number | null; text: string }> {
  if (child.exitCode === null) await once(child, "exit");
  return { code: child.exitCode, text: printed.text.replace(STARTING, "") };
}

const STARTING =
  /^cadenza \S+: starting controller, worker, http on (?:the embedded database in \S+|PostgreSQL) …\n/;

const key = async () => (await readFile(join(repository.path, ".cadenza/api-key"), "utf8")).trim();

async function get<T>(url: string, path: string): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    headers: { authorization: `Bearer ${await key()}` },
  });
  return (await response.json()) as T;
}

/** Runs the very `curl` that was printed, as fetch: its body and its key. */
async function enrollAsPrinted(url: string, printed: string): Promise<string> {
  const body = /-d '(.*)'/.exec(printed)?.[1] ?? "";
  const response = await fetch(`${url}/v1/enrollments`, {
    method: "POST",
    headers: { authorization: `Bearer ${await key()}`, "content-type": "application/json" },
    body,
  });
  expect(response.status).toBe(201);
  return ((await response.json()) as { id: string }).id;
}

const outbox = async () =>
  (await readdir(join(repository.path, ".cadenza/outbox")).catch(() => [])).filter((name) =>
    name.endsWith(".json"),
  );

test("a newcomer's first minute: start, enroll, and the message is in the outbox within 5 s", async () => {
  const server = start();
  const url = await ready(server);
  expect(server.printed.text).toMatch(STARTING);
  expect(server.printed.text).toContain("shown only now: cdz_");
  expect(server.printed.text).toContain("every message lands in");
  await enrollAsPrinted(url, server.printed.text);
  await vi.waitFor(async () => expect(await outbox()).toHaveLength(1), {
    timeout: 5_000,
    interval: 50,
  });
  const [name = ""] = await outbox();
  expect(await readFile(join(repository.path, ".cadenza/outbox", name), "utf8")).toContain("Robin");
  expect((await fetch(url)).status).toBe(200);
  server.child.kill("SIGTERM");
  expect(await ended(server)).toMatchObject({ code: 0 });
});

test("data survives kill -9, the key is not shown again, and a second process is refused meanwhile", async () => {
  const first = start();
  const id = await enrollAsPrinted(await ready(first), first.printed.text);
  await vi.waitFor(async () => expect(await outbox()).toHaveLength(1), { timeout: 10_000 });

  const second = await ended(start());
  expect(second.code).toBe(2);
  expect(second.text).toMatch(
    /^cadenza: Another process \(pid \d+ on .+\) is using .*stop the other one.*\n$/,
  );

  first.child.kill("SIGKILL");
  await ended(first);
  const again = start();
  const url = await ready(again);
  expect(again.printed.text).not.toContain("shown only now");
  const enrollment = await get<{ state: string; messages: { state: string }[] }>(
    url,
    `/v1/enrollments/${id}`,
  );
  expect(enrollment.messages.map(({ state }) => state)).toEqual(["sent"]);
  expect(await outbox()).toHaveLength(1);
});

test("what keeps the first commit from being published is said once", async () => {
  await repository.commit({ "cadences/broken.yaml": "kind: Sequence\n" }, "Broken");
  const server = start();
  await vi.waitFor(() => expect(server.printed.text).toContain("Nothing new was published"), {
    timeout: 60_000,
  });
  server.child.kill("SIGTERM");
  const { text } = await ended(server);
  expect(text.match(/the commit is invalid/g)).toHaveLength(1);
});

describe("what keeps it from starting is one message and exit code 2, and leaves nothing behind", () => {
  test("a port in use", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const { code, text } = await ended(start(["--port", String(port)]));
    expect({ code, text }).toEqual({
      code: 2,
      text: `cadenza: port ${port} is in use: stop what listens there, or choose another one with --port\n`,
    });
    taken.close();
    expect(await readdir(join(repository.path, ".cadenza"))).not.toContain("lock");
  });

  test("no PostgreSQL at DATABASE_URL; its password is not told", async () => {
    const { code, text } = await ended(
      start([], { DATABASE_URL: "postgres://u:s3cret@127.0.0.1:1/x" }),
    );
    expect(code).toBe(2);
    expect(text).toMatch(
      /^cadenza: Cannot use the PostgreSQL server at 127\.0\.0\.1:1\/x: .*Check DATABASE_URL.*\n$/,
    );
    expect(text).not.toContain("s3cret");
  });

  test("a source that is not there", async () => {
    const { code, text } = await ended(start(["--source", "/nowhere/at/all"]));
    expect(code).toBe(2);
    expect(text).toMatch(/^cadenza: there is no \/nowhere\/at\/all.*--source.*\n$/);
  });
});

describe("what keeps it from publishing is told, and the server stays up", () => {
  const says = async (server: Started, text: RegExp) => {
    await vi.waitFor(() => expect(server.printed.text).toMatch(text), {
      timeout: 60_000,
      interval: 100,
    });
    return /Console\s+(\S+)/.exec(server.printed.text)?.[1] ?? "";
  };

  test("a wrong token", async () => {
    const remote = await serveRepository(repository);
    const server = start(["--source", remote.bareUrl], { CADENZA_SOURCE_TOKEN: "not-the-token" });
    const url = await says(server, /refused the credentials.*CADENZA_SOURCE_TOKEN/);
    const { conditions } = await get<{ conditions: { type: string; status: boolean }[] }>(
      url,
      "/v1/status",
    );
    expect(conditions).toContainEqual(expect.objectContaining({ type: "Stalled", status: true }));
    expect(server.printed.text).not.toContain("not-the-token");
    await remote.close();
  });

  test("a right token in the URL publishes, and is told to nobody", async () => {
    const remote = await serveRepository(repository);
    const server = start(["--source", remote.url]);
    await says(server, /published/);
    expect(server.printed.text).toContain(remote.bareUrl);
    expect(server.printed.text).not.toContain(remote.token);
    await remote.close();
  });

  test("a broken file, with its place; the next commit publishes", async () => {
    const path = join(repository.path, "cadences/sequences/welcome.yaml");
    const good = await readFile(path, "utf8");
    await writeFile(path, good.replace("wait: immediately", "wait: soon"));
    await repository.commit({}, "Break it");
    const server = start();
    const url = await says(server, /welcome\.yaml:\d+ .*no wait/);
    expect(await get<{ data: object[] }>(url, "/v1/sequences")).toMatchObject({ data: [] });
    await writeFile(path, good);
    await repository.commit({}, "Mend it");
    const headers = { authorization: `Bearer ${await key()}` };
    const answer = await fetch(`${url}/v1/reconcile`, { method: "POST", headers });
    expect(await answer.json()).toMatchObject({ reconciliation: { outcome: "applied" } });
  });
});
