import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { populate } from "../../bench/runtime/population.ts";
import { withoutSecondaryIndexes } from "../../bench/runtime/secondary-indexes.ts";
import { ENROLLED } from "../../bench/runtime/waiting.ts";
import { publishBenchWorkspace, SEQUENCE } from "../../bench/runtime/workspace.ts";
import { createEngine } from "../../runtime/create-engine.ts";
import { enrollMany } from "../../runtime/enroll.ts";
import { createUnsubscribeLinks } from "../../runtime/unsubscribe.ts";
import { openPostgres, type Database } from "../../store/database.ts";
import { createDatabase, type TestPostgres } from "../support/postgres.ts";

const HOUR = 3_600_000;
let postgres: TestPostgres;
let database: Database;

beforeAll(async () => {
  postgres = await createDatabase();
  database = await openPostgres(postgres.url);
  await publishBenchWorkspace(database.db, ENROLLED);
  const waves = { size: 3, due: [ENROLLED, ENROLLED + HOUR], later: ENROLLED + 100 * HOUR };
  await populate(database.db, 20, waves, ENROLLED);
  await populate(database.db, 50, { ...waves, size: 5 }, ENROLLED, 20);
}, 60_000);

afterAll(async () => {
  await database.close();
  await postgres.drop();
});

it("fills in what the engine writes to enroll somebody", async () => {
  const { db } = database;
  const { id } = await db
    .selectFrom("enrollments")
    .select(sql<string>`substr(contact_id, 2)`.as("id"))
    .where("next_due_at", "=", new Date(ENROLLED))
    .executeTakeFirstOrThrow();
  const { contact, target } = await rowsOf(`c${id}`, `ch${id}`);
  const request = {
    sequence: SEQUENCE,
    target: { type: "charge", id: "ch0" },
    contact: { id: "c0", data: contact.data },
    data: { contactId: "c0", data: target.data },
    agent: null,
    startAt: null,
    idempotency: null,
  } as const;
  const engine = createEngine(createUnsubscribeLinks("https://example.com", "secret"));
  await db.transaction().execute((trx) => enrollMany(trx, engine, [request], ENROLLED));

  const written = JSON.stringify(await rowsOf("c0", "ch0"));
  const filled = JSON.stringify(await rowsOf(`c${id}`, `ch${id}`));
  const renamed = filled
    .replaceAll(`"c${id}"`, '"c0"')
    .replaceAll(RegExp(`(?<=[:"])ch${id}"`, "g"), 'ch0"');
  expect(JSON.parse(renamed)).toEqual(JSON.parse(written));
});

it("has each that waits in the due table, and nothing else there", async () => {
  const { rows } = await sql<{ equal: boolean; size: string }>`
    select array_agg((at, enrollment_id) order by at, enrollment_id)
        = (select array_agg((waits_until, id) order by waits_until, id) from enrollments) as equal,
      count(*) as size
    from due`.execute(database.db);
  expect(rows).toEqual([{ equal: true, size: "51" }]);
});

it("spreads each wave over those that are filled in with it, in the order of their ids", async () => {
  const { rows } = await sql<{ number: number; due: number }>`
    select substr(contact_id, 2)::integer as number,
      extract(epoch from next_due_at - ${new Date(ENROLLED)}::timestamptz)::integer / 3600 as due
    from enrollments where contact_id <> 'c0' order by id`.execute(database.db);
  const numbers = rows.map(({ number }) => number);
  const filledIn = [numbers.filter((n) => n <= 20), numbers.filter((n) => n > 20)];
  expect(filledIn.flat()).toEqual(rows.map((_, index) => index + 1));
  const dueAfter = (hours: number) =>
    rows.filter(({ due }) => due === hours).map((row) => row.number);
  expect(dueAfter(0).toSorted((a, b) => a - b)).toEqual([6, 12, 18, 26, 32, 38, 44, 50]);
  expect(dueAfter(1).toSorted((a, b) => a - b)).toEqual([3, 9, 15, 23, 29, 35, 41, 47]);
  expect(rows.filter(({ due }) => due >= 100)).toHaveLength(34);
});

it("tells the history of each in turn", async () => {
  const { rows } = await sql<{ type: string; enrollment_id: string }>`
    select h.type, h.enrollment_id from history h join enrollments e on e.id = h.enrollment_id
    where e.contact_id <> 'c0' order by h.id limit 2 * 20`.execute(database.db);
  const ids = rows.map((row) => row.enrollment_id);
  expect(ids).toEqual(ids.toSorted());
  expect(rows.map(({ type }) => type)).toEqual(
    rows.map((_, index) => (index % 2 === 0 ? "enrolled" : "scheduled")),
  );
});

it("creates the indexes again as they were", async () => {
  const { db } = database;
  const indexes = () =>
    sql`select indexdef from pg_indexes where schemaname = 'public' order by indexname`.execute(db);
  const before = await indexes();
  const during: unknown[] = [];
  await db.transaction().execute((trx) =>
    withoutSecondaryIndexes(trx, ["enrollments"], async () => {
      const { rows } = await sql<{ name: string }>`
        select indexname as name from pg_indexes where tablename = 'enrollments'`.execute(trx);
      during.push(...rows.map(({ name }) => name));
    }),
  );
  expect(during).toEqual(["enrollments_pkey"]);
  expect((await indexes()).rows).toEqual(before.rows);
});

/** All that is stored about one, but for ids that are chance. */
async function rowsOf(contactId: string, targetId: string) {
  const { db } = database;
  const contact = await one("contacts", "id", contactId);
  const target = await one("targets", "id", targetId);
  const { id, ...enrollment } = await one("enrollments", "contact_id", contactId);
  const history = await db
    .selectFrom("history")
    .select(["at", "type", "step_id", "data"])
    .where("enrollment_id", "=", String(id))
    .orderBy("id")
    .execute();
  return { contact, target, enrollment, history, version: String(id)[14] };
}

async function one(table: string, column: string, value: string) {
  const { rows } = await sql<Record<string, unknown> & { data: Record<string, string> }>`
    select * from ${sql.table(table)} where ${sql.ref(column)} = ${value}`.execute(database.db);
  expect(rows).toHaveLength(1);
  return rows[0]!;
}
