import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { openPostgres } from "../../store/database.ts";
import { prepared } from "../../store/prepared.ts";
import { createDatabase } from "../support/postgres.ts";

test("a marked statement is planned once a connection, another each time", async () => {
  const { url, drop } = await createDatabase();
  const { db, close } = await openPostgres(url, { max: 1 });
  onTestFinished(async () => {
    await close();
    await drop();
  });
  for (const one of [1, 2, 3]) {
    const marked = await sql`${prepared} select ${one}::integer as one`.execute(db);
    expect(marked.rows).toEqual([{ one }]);
    const plain = await sql`select ${one}::integer as one`.execute(db);
    expect(plain.rows).toEqual([{ one }]);
  }
  const known = await sql<{ statement: string; uses: string }>`
    select statement, generic_plans + custom_plans as uses from pg_prepared_statements`.execute(db);
  expect(known.rows).toEqual([
    { statement: "/* prepared */ select $1::integer as one", uses: "3" },
  ]);
});

test("a plan that was made for empty tables does not stay", async () => {
  const { url, drop } = await createDatabase();
  const { db, close } = await openPostgres(url, { max: 1 });
  onTestFinished(async () => {
    await close();
    await drop();
  });
  await sql`create table filled (id integer primary key)`.execute(db);
  const find = () =>
    sql`${prepared} select id from filled where id = any(${[7]}::integer[])`.execute(db);
  for (let n = 0; n < 16; n++) await find();
  await sql`insert into filled select generate_series(1, 20_000)`.execute(db);
  for (let n = 0; n < 8; n++) await find();
  const plans = await sql<{ uses: string }>`
    select generic_plans + custom_plans as uses from pg_prepared_statements
    where statement like '%from filled%' order by prepare_time`.execute(db);
  expect(plans.rows).toEqual([{ uses: "16" }, { uses: "8" }]);
});
