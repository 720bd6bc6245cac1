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
