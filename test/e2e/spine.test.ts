import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readConfig } from "../../cli/serve/config.ts";
import { startServer, type Server } from "../../cli/serve/server.ts";
import { testClock, type TestClock } from "../support/clock.ts";
import {
  createRepository,
  serveRepository,
  type GitRemote,
  type TestRepository,
} from "../support/git-remote.ts";
import { silent } from "../support/harness.ts";
import { startMailServer, type MailServer } from "../support/mail-server.ts";
import { createDatabase, type TestPostgres } from "../support/postgres.ts";

/**
 * The whole path on real parts: a git remote over HTTP with credentials, a mail server, and PostgreSQL
 * with two worker processes, or the embedded database with everything in one. Time is jumped, never slept.
 */
const START = "2026-03-02T10:00:00Z";
const KEY = "a-key-for-tests";
const PEOPLE = 40;

let repository: TestRepository;
let remote: GitRemote;
let mail: MailServer;
/** Null: the embedded database. */
let database: TestPostgres | null;
let dataDir: string;
let clock: TestClock;
let server: Server;
let workers: ChildProcess[] = [];

const workspace = `kind: Workspace
name: Test
timezone: UTC
quiet_hours: { from: "21:00", to: "08:00" }
`;
const inbox = (port: number) => `kind: Inbox
id: mail
channel: email
provider: smtp
from: Test <hello@example.com>
host: 127.0.0.1
port: ${port}
secure: false
`;
const welcome = (second: string) => `kind: Sequence
id: welcome
target: contact
defaults: { channel: email }
steps:
  - id: hello
    wait: immediately
    content: { subject: "Hello {{ contact.first_name | default('you') }}", body: "The first mail." }
  - id: second
    wait: 1 day
    content: { subject: "Again", body: "${second}" }
`;

type Kind = "PostgreSQL" | "embedded";

async function start(kind: Kind): Promise<void> {
  [repository, mail, database] = await Promise.all([
    createRepository(),
    startMailServer(),
    kind === "PostgreSQL" ? createDatabase() : null,
  ]);
  remote = await serveRepository(repository);
  dataDir = await mkdtemp(join(tmpdir(), "cadenza-e2e-"));
  clock = testClock(START);
  await repository.commit({
    "cadences/cadenza.yaml": workspace,
    "cadences/inboxes/mail.yaml": inbox(mail.port),
    "cadences/sequences/welcome.yaml": welcome("The second mail, as it was."),
  });
  const roles = database === null ? {} : { role: "controller,http" };
  server = await startServer({
    config: readConfig({ ...roles, port: "0", data: dataDir, source: remote.url }, env(), dataDir),
    apiKey: KEY,
    env: env(),
    clock,
    log: silent,
    version: "0.0.0",
  });
  workers = database === null ? [] : await Promise.all([startWorker(), startWorker()]);
}

async function stop(): Promise<void> {
  for (const worker of workers) {
    worker.kill("SIGKILL");
  }
  await server?.stop();
  await remote?.close();
  await mail?.close();
  await database?.drop();
  await repository?.remove();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
}

function env(): Record<string, string> {
  return {
    ...(database === null ? {} : { DATABASE_URL: database.url }),
    CADENZA_DELIVERY: "live",
    CADENZA_ALLOWED_HOSTS: "127.0.0.1",
    CADENZA_DATA: dataDir,
  };
}

async function startWorker(): Promise<ChildProcess> {
  const file = new URL("worker-process.ts", import.meta.url);
  const worker = fork(file, {
    env: {
      ...process.env,
      ...env(),
      TEST_NOW: String(clock.now()),
      CADENZA_SOURCE: repository.path,
    },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(worker, "message");
  return worker;
}

/** Moves the clock of every process. */
async function jump(by: Parameters<TestClock["advance"]>[0]): Promise<void> {
  clock.advance(by);
  const arrived = workers.map((worker) => once(worker, "message"));
  for (const worker of workers) worker.send({ now: clock.now() });
  server.runtime?.kick();
  await Promise.all(arrived);
}

async function api<T>(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: T }> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as T };
}

async function reconciled(): Promise<void> {
  const { status, body } = await api<{ reconciliation: { outcome: string } }>(
    "POST",
    "/v1/reconcile",
    {},
  );
  expect(status).toBe(200);
  expect(body.reconciliation.outcome).toBe("applied");
}

interface Enrolled {
  readonly id: string;
  readonly version: number;
}

async function enroll(person: string): Promise<Enrolled> {
  const contact = { id: person, first_name: person.toUpperCase(), email: `${person}@example.com` };
  const request = { sequence: "welcome", target: { type: "contact", id: person }, contact };
  const { status, body } = await api<Enrolled>("POST", "/v1/enrollments", request);
  expect(status).toBe(201);
  return body;
}

const received = (subject: string | RegExp) =>
  mail.mails
    .map((one) => one.mail)
    .filter((one) =>
      typeof subject === "string" ? one.subject === subject : subject.test(one.subject ?? ""),
    );
const eventually = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 30_000, interval: 50 });

describe.each<Kind>(["PostgreSQL", "embedded"])("the whole path (%s)", (kind) => {
  beforeAll(() => start(kind), 120_000);
  afterAll(stop);

  test("from a merged commit to a delivered message, over an edit on the way", async () => {
    await reconciled();
    const people = Array.from({ length: PEOPLE }, (_, index) => `p${index}`);
    const early = await Promise.all(people.map(enroll));
    expect(new Set(early.map(({ version }) => version))).toEqual(new Set([1]));

    await eventually(() => expect(received(/^Hello/)).toHaveLength(PEOPLE));
    const first = received("Hello P0")[0];
    expect(first?.text?.trim()).toBe("The first mail.");
    expect(first?.messageId).toMatch(/^<[0-9a-f-]{36}@example\.com>$/);

    // The cadence is edited while everybody is under way.
    await jump({ minutes: 1 });
    await repository.commit({
      "cadences/sequences/welcome.yaml": welcome("The second mail, as it is now."),
    });
    await reconciled();
    const late = await enroll("late");
    expect(late.version).toBe(2);
    await eventually(() => expect(received("Hello LATE")).toHaveLength(1));

    // Not a minute early.
    await jump({ hours: 23, minutes: 58 });
    await eventually(async () => {
      const { body } = await api<{ data: { state: string }[] }>(
        "GET",
        "/v1/enrollments?state=active&limit=100",
      );
      expect(body.data).toHaveLength(PEOPLE + 1);
    });
    expect(received("Again")).toHaveLength(0);

    await jump({ minutes: 2 });
    await eventually(() => expect(received("Again")).toHaveLength(PEOPLE + 1));
    const texts = Map.groupBy(received("Again"), (one) => one.text?.trim());
    expect(texts.get("The second mail, as it was.")).toHaveLength(PEOPLE);
    expect(texts.get("The second mail, as it is now.")).toHaveLength(1);

    await eventually(async () => {
      const { body } = await api<{ data: unknown[] }>(
        "GET",
        "/v1/enrollments?state=completed&limit=100",
      );
      expect(body.data).toHaveLength(PEOPLE + 1);
    });
    const everyone = mail.mails.map((one) => `${one.to.join()} ${one.mail.subject}`);
    expect(new Set(everyone).size).toBe(everyone.length);
    expect(everyone).toHaveLength(2 * (PEOPLE + 1));
  });

  test.runIf(kind === "PostgreSQL")(
    "a worker that is killed in the middle loses nothing and sends nothing twice",
    async () => {
      const before = mail.mails.length;
      await Promise.all(Array.from({ length: PEOPLE }, (_, index) => enroll(`k${index}`)));
      workers[0]?.kill("SIGKILL");
      workers = [workers[1]!, await startWorker()];
      // What the killed one had begun to send is unknown and held; everybody else gets the mail.
      await eventually(async () => {
        const { body } = await api<{ data: { state: string; id: string }[] }>(
          "GET",
          "/v1/enrollments?sequence=welcome&version=2&limit=200",
        );
        const people = body.data.filter(({ state }) => state === "active" || state === "held");
        const details = await Promise.all(
          people.map(
            async ({ id }) =>
              (await api<{ next_step: string; state: string }>("GET", `/v1/enrollments/${id}`))
                .body,
          ),
        );
        expect(
          details.filter(({ state, next_step }) => state === "active" && next_step === "hello"),
        ).toEqual([]);
      });
      const mails = mail.mails.slice(before).map((one) => one.to.join());
      expect(new Set(mails).size).toBe(mails.length);
    },
    90_000,
  );
});
