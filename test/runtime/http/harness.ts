import type { FastifyInstance, InjectOptions } from "fastify";
import { afterAll, beforeAll } from "vitest";
import { compileProgram, type Program, type Workspace } from "../../../core/enrollment/index.ts";
import type { CanonicalDocument } from "../../../core/language/document.ts";
import { loadCalendar } from "../../../core/time/index.ts";
import { createApp } from "../../../runtime/http/app.ts";
import { createUnsubscribeLinks } from "../../../runtime/unsubscribe.ts";
import type { AppDeps } from "../../../runtime/http/deps.ts";
import type { Engine } from "../../../runtime/engine.ts";
import type { HttpPorts } from "../../../runtime/http/ports.ts";
import type { Log } from "../../../runtime/log.ts";
import { createMetrics } from "../../../runtime/metrics/metrics.ts";
import { createHttpPorts } from "../../../runtime/http-ports.ts";
import { createApiKey } from "../../../store/api-keys.ts";
import type { Database, Db } from "../../../store/database.ts";
import type { Role } from "../../../store/schema.ts";
import { readVersion } from "../../../store/sequences.ts";
import { inboxes, NOW, policy } from "../../core/enrollment/fixtures.ts";
import { openTestDatabase } from "../../support/embedded.ts";
import { publishVersion } from "../../support/rows.ts";

export const ROLES: readonly Role[] = ["viewer", "enroller", "approver", "operator"];

/** A clock that stands still until it is told otherwise. */
export class TestClock {
  time = NOW;
  now(): number {
    return this.time;
  }
  advance(ms: number): void {
    this.time += ms;
  }
}

interface Harness {
  readonly app: FastifyInstance;
  readonly db: Db;
  /** The real engine's, for overrides to wrap. */
  readonly ports: HttpPorts;
  readonly clock: TestClock;
  keys: { readonly [role in Role]: string };
  /** How often the dispatcher and the controller were woken. */
  readonly woken: { dispatcher: number; controller: number };
  /** Every line logged so far. */
  readonly logged: string[];
  /** Asks as a role (operator unless told), with JSON. */
  call(
    method: InjectOptions["method"],
    url: string,
    body?: unknown,
    options?: { readonly role?: Role; readonly headers?: Record<string, string> },
  ): Promise<Answer>;
  publish(document: CanonicalDocument, version?: number): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: { readonly [name: string]: unknown };
  // oxlint-disable-next-line typescript/no-explicit-any -- the tests say what they expect of it
  readonly body: any;
  readonly text: string;
}

/** One app on one embedded database for a whole test file. */
export function useApp(overrides: (harness: Harness) => Partial<AppDeps> = () => ({})): Harness {
  const harness = {
    clock: new TestClock(),
    woken: { dispatcher: 0, controller: 0 },
    logged: [],
  } as unknown as Mutable<Harness>;
  let database: Database;

  beforeAll(async () => {
    database = await openTestDatabase();
    const { db } = database;
    const { clock, woken } = harness;
    harness.db = db;
    harness.ports = createHttpPorts(
      db,
      clock,
      testEngine(),
      {
        dispatcher: () => void (woken.dispatcher += 1),
        controller: () => void (woken.controller += 1),
      },
      recordingLog(harness.logged),
    );
    harness.app = await createApp({
      db,
      clock,
      ports: harness.ports,
      delivery: "outbox",
      sessionSecret: "a secret for tests",
      publicUrl: "https://cadenza.example.com",
      env: {},
      unsubscribe: createUnsubscribeLinks("https://example.com", "a secret for tests"),
      version: "0.0.0-test",
      log: recordingLog(harness.logged),
      metrics: createMetrics(db, clock),
      reconcileWait: 0,
      ...overrides(harness),
    });
    await harness.app.ready();
    const keys: Partial<Record<Role, string>> = {};
    for (const role of ROLES) {
      keys[role] = (await createApiKey(db, { name: `a ${role}`, role }, clock.now())).key;
    }
    harness.keys = keys as Harness["keys"];
    harness.publish = (document, version = 1) => publishVersion(db, document, version, clock.now());
    harness.call = async (method, url, body, { role = "operator", headers = {} } = {}) => {
      const response = await harness.app.inject({
        method,
        url,
        headers: {
          authorization: `Bearer ${harness.keys[role]}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : { payload: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const isJson = String(response.headers["content-type"]).includes("json");
      const isOne = isJson && !String(response.headers["content-type"]).includes("ndjson");
      return {
        status: response.statusCode,
        headers: response.headers,
        body: isOne ? JSON.parse(response.body) : response.body,
        text: response.body,
      };
    };
  }, 60_000);

  afterAll(async () => {
    await harness.app?.close();
    await database?.close();
  });
  return harness;
}

function recordingLog(lines: string[]): Log {
  const at =
    (level: string) =>
    (event: string, data: object = {}) =>
      void lines.push(`${level} ${event} ${JSON.stringify(data)}`);
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An engine on the published versions and a policy that never stands in the way. */
export function testEngine(): Engine {
  const programs = new Map<string, Program>();
  let workspace: Promise<Workspace> | undefined;
  return {
    workspace: () =>
      (workspace ??= loadCalendar(policy).then((calendar) => ({
        policy,
        calendar,
        inboxes,
        unsubscribeUrl: (enrollment) => `https://example.com/u/${enrollment}`,
      }))),
    async program(db, sequence, version) {
      const key = `${sequence}@${version}`;
      const known = programs.get(key);
      if (known !== undefined) return known;
      const row = await readVersion(db, sequence, version);
      if (row === null) throw new Error(`no ${key}`);
      const program = compileProgram(row.document);
      programs.set(key, program);
      return program;
    },
  };
}
