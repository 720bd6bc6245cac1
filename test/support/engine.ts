import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe } from "vitest";
import type { CanonicalDocument } from "../../core/language/document.ts";
import type { Inbox, Policy } from "../../core/language/policy.ts";
import type { Engine } from "../../runtime/engine.ts";
import { executeChunk } from "../../runtime/execute/execute.ts";
import { openPostgres, type Database, type Db } from "../../store/database.ts";
import { inbox, policy } from "../core/enrollment/fixtures.ts";
import { openTestDatabase } from "./embedded.ts";
import { createHarness, publishWorkspace, type Harness } from "./harness.ts";
import { createDatabase } from "./postgres.ts";
import {
  deleteEnrollments,
  insertContact,
  publishVersion,
  startOne,
  textDocument,
  waitingFor,
} from "./rows.ts";

/** A Monday. */
export const NOW = Date.parse("2026-03-02T10:00:00Z");

/** The inboxes of every engine test; `mail` has waves of two. */
export const INBOXES: readonly Inbox[] = [
  inbox("mail", "email", { concurrency: 2 }),
  inbox("text", "sms"),
  inbox("wa", "whatsapp"),
];

/** The engine on one database, with what a test does to it and looks at. */
export class EngineTest {
  readonly database: Database;
  readonly #drop: () => Promise<void>;
  /** Made anew for each test: its clock stands at `NOW`. */
  h: Harness;
  #people = 0;

  constructor(database: Database, drop: () => Promise<void>) {
    this.database = database;
    this.#drop = drop;
    this.h = createHarness(database.db, NOW);
  }

  get db(): Db {
    return this.database.db;
  }

  /** The address of the contact that was enrolled last. */
  get lastAddress(): string {
    return `${this.lastContact}@example.com`;
  }

  /** Each enrollment that waits, and none other, is in the due table at its time. */
  async checkDue(): Promise<void> {
    const { rows } = await sql`
      select coalesce(d.enrollment_id, e.id) as id, d.at, e.waits_until
      from due d
      full join (select id, waits_until from enrollments where waits_until is not null) e
        on e.id = d.enrollment_id and e.waits_until = d.at
      where e.id is null or d.enrollment_id is null`.execute(this.db);
    if (rows.length > 0) throw new Error(`The due table differs: ${JSON.stringify(rows)}`);
  }

  /** Returns once a statement waits for another's row, in this database. */
  async waitsForLock(): Promise<void> {
    const waiting = sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await waiting.execute(this.db)).rows.length === 0);
  }

  get lastContact(): string {
    return `c${this.#people}`;
  }

  /** Enrolls a new contact, whose step `a` is due at once. @returns the enrollment's id */
  async enroll(sequence = "welcome", data: object = {}): Promise<string> {
    this.#people += 1;
    const base = { first_name: "Ana", email: this.lastAddress, phone: "+15550100" };
    await insertContact(this.db, this.lastContact, { ...base, ...data }, NOW);
    const contact = this.lastContact;
    const now = this.h.clock.now();
    const id = await startOne(
      this.db,
      { sequence, contact, schedule: waitingFor("a", now, now) },
      now,
    );
    if (id === undefined) throw new Error(`${contact} is enrolled already`);
    return id;
  }

  read(enrollment: string) {
    const rows = this.db.selectFrom("enrollments").selectAll().where("id", "=", enrollment);
    return rows.executeTakeFirstOrThrow();
  }

  messagesOf(enrollment: string) {
    const rows = this.db.selectFrom("messages").selectAll();
    return rows.where("enrollment_id", "=", enrollment).orderBy("id").execute();
  }

  async historyOf(enrollment: string): Promise<string[]> {
    const rows = this.db.selectFrom("history_lines").select("type");
    const found = await rows.where("enrollment_id", "=", enrollment).orderBy("id").execute();
    return found.map((row) => row.type);
  }

  publish(inboxes: readonly Inbox[], changed: Partial<Policy> = {}): Promise<void> {
    return publishWorkspace(this.db, { ...policy, ...changed }, inboxes, NOW);
  }

  /** The engine, where something happens just before the workspace is read for the first time. */
  engineAfter(event: () => Promise<unknown>): Engine {
    const { engine } = this.h.execution;
    let happened = false;
    return {
      ...engine,
      async workspace(db, revision) {
        if (!happened) {
          happened = true;
          await event();
        }
        return engine.workspace(db, revision);
      },
    };
  }

  /** Executes a chunk, and lets something happen once it is loaded and nothing is decided yet. */
  executeMeanwhile(chunk: string, event: () => Promise<unknown>): Promise<void> {
    const execution = { ...this.h.execution, engine: this.engineAfter(event) };
    return executeChunk(execution, chunk, () => false);
  }

  async reset(): Promise<void> {
    await deleteEnrollments(this.db);
    await this.db.deleteFrom("halts").execute();
    await this.db.deleteFrom("suppressions").execute();
    await this.db.deleteFrom("inbox_sends").execute();
    await this.publish(INBOXES);
    this.h = createHarness(this.db, NOW);
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.#drop();
  }
}

async function openEngine(kind: "embedded" | "PostgreSQL"): Promise<EngineTest> {
  if (kind === "embedded") return new EngineTest(await openTestDatabase(), async () => {});
  const { url, drop } = await createDatabase();
  return new EngineTest(await openPostgres(url), drop);
}

/**
 * Describes the engine on the embedded database and on a real PostgreSQL. Each test begins without
 * enrollments, halts and suppressions, with two sequences: `welcome` (`a`, then `b` a day later, by
 * mail), and `fallback`, which tries twice, falls back to SMS, and then exits.
 * @param tests is given the engine as a function: it exists once the hooks have run
 */
export function describeEngine(
  name: string,
  tests: (engine: () => EngineTest) => void,
  kinds: readonly ("embedded" | "PostgreSQL")[] = ["embedded", "PostgreSQL"],
): void {
  describe.each(kinds)(`${name} (%s)`, (kind) => {
    let engine: EngineTest;
    beforeAll(async () => {
      engine = await openEngine(kind);
      await publishVersion(engine.db, textDocument("welcome"), 1, NOW);
      await publishVersion(engine.db, withFallback(), 1, NOW);
    });
    afterAll(() => engine.close());
    beforeEach(() => engine.reset());
    // Whatever a test did: what a dispatcher finds is what waits.
    afterEach(() => engine.checkDue());
    tests(() => engine);
  });
}

function withFallback(): CanonicalDocument {
  const document = textDocument("fallback");
  const steps = document.steps.map((step) => ({
    ...step,
    on_failure: { retry: 1, channels: ["sms"], then: "exit" } as const,
  }));
  return { ...document, steps };
}
