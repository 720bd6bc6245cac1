import { sql, type Kysely } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPostgres, type Database } from "../../store/database.ts";
import { readEnrollment } from "../../store/enrollments-read.ts";
import { migrate, migratorFor } from "../../store/migrate.ts";
import { createDatabase, type TestPostgres } from "../support/postgres.ts";

/** The last release whose enrollments and messages were laid out as at first. */
const BEFORE = "0012-draft-cost";
const id = (n: number) => `019b0000-0000-7000-8000-00000000000${n}`;

let postgres: TestPostgres;
let database: Database;

beforeAll(async () => {
  postgres = await createDatabase({ empty: true });
  database = await openPostgres(postgres.url);
});
afterAll(async () => {
  await database.close();
  await postgres.drop();
});

async function fill(db: Kysely<never>): Promise<void> {
  await sql
    .raw(`
    insert into sequences (id, name, state, active_version, updated_at)
      values ('welcome', 'Welcome', 'active', 1, now());
    insert into sequence_versions (sequence_id, version, digest, format, document, source, path, commit_sha,
      author, committed_at, published_at) values ('welcome', 1, 'd', 1, '{}', '', 'w.yaml', 'c', 'Ana', now(), now());
    insert into contacts (id, data, updated_at)
      select 'c' || n, '{}', now() from generate_series(1, 4) n;
    insert into enrollments (id, sequence_id, version, target_type, target_id, contact_id, live_key, state,
      reason, step_id, base_at, next_due_at, expires_at, started_at, ended_at, updated_at, chunk_id)
    values
      ('${id(1)}', 'welcome', 1, 'contact', 'c1', 'c1', 'k1', 'active', null, 'b', '2026-01-01', '2026-02-01',
        '2026-02-03', '2026-01-01', null, '2026-01-02', null),
      ('${id(2)}', 'welcome', 1, 'contact', 'c2', 'c2', 'k2', 'active', null, 'a', '2026-01-01', '2026-01-01',
        '2026-01-03', '2026-01-01', null, '2026-01-02', '${id(9)}'),
      ('${id(3)}', 'welcome', 1, 'contact', 'c3', 'c3', 'k3', 'paused', 'by hand', 'a', '2026-01-01', '2026-02-01',
        '2026-02-03', '2026-01-01', null, '2026-01-02', null),
      ('${id(4)}', 'welcome', 1, 'contact', 'c4', 'c4', 'k4', 'completed', null, 'b', '2026-01-01', null, null,
        '2026-01-01', '2026-01-05', '2026-01-05', null);
    insert into chunks (id, enrollments, size) values ('${id(9)}', array['${id(2)}'::uuid], 1);
    insert into messages (id, enrollment_id, step_id, attempt, state, channel, inbox_id, address, reason, subject,
      body, html, due_at, created_at, sent_at, updated_at)
    values ('${id(5)}', '${id(1)}', 'a', 1, 'sent', 'email', 'mail', 'ana@example.com', 'first choice', 'Hi', 'Hello',
      '<p>Hello</p>', '2026-01-01', '2026-01-01', '2026-01-01', '2026-01-01');
    insert into history (enrollment_id, at, type, step_id, data) values
      ('${id(1)}', '2026-01-01', 'enrolled', null, '{}'),
      ('${id(1)}', '2026-01-01', 'sent', 'a', '{"message": "${id(5)}"}');
    insert into drafts (id, enrollment_id, step_id, attempt, state, compose, channel, inbox_id, address, static_body,
      due_at, expires_at, created_at)
    values ('${id(6)}', '${id(3)}', 'a', 1, 'wanted', 'ai_full', 'email', 'mail', 'c3@example.com', '', now(), now(), now());
  `)
    .execute(db);
}

test("an upgrade keeps what there is, and knows who waits", async () => {
  const { db } = database;
  const { error } = await migratorFor(db).migrateTo(BEFORE);
  expect(error).toBeUndefined();
  await fill(db as unknown as Kysely<never>);
  const enrollments = () => db.selectFrom("enrollments").selectAll().orderBy("id").execute();
  const before = await enrollments();

  await migrate(db);

  expect(await enrollments()).toMatchObject(before);
  const due = await db.selectFrom("due").selectAll().execute();
  expect(due).toEqual([{ at: new Date("2026-02-01"), enrollment_id: id(1) }]);
  const detail = await readEnrollment(db, id(1));
  expect(detail?.history.map(({ type }) => type)).toEqual(["enrolled", "sent"]);
  expect(detail?.messages).toMatchObject([
    { state: "sent", text: "Hello", html: "<p>Hello</p>", address: "ana@example.com" },
  ]);
  const drafts = () => db.selectFrom("drafts").select("enrollment_id").execute();
  expect(await drafts()).toEqual([{ enrollment_id: id(3) }]);

  await db.updateTable("enrollments").set({ state: "active" }).where("id", "=", id(3)).execute();
  expect(await db.selectFrom("due").select("enrollment_id").execute()).toHaveLength(2);
  await db.deleteFrom("enrollments").where("id", "=", id(3)).execute();
  expect(await db.selectFrom("due").select("enrollment_id").execute()).toHaveLength(1);
  expect(await drafts()).toEqual([]);
});
