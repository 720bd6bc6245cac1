import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPostgres } from "../../store/database.ts";
import { pendingMigrations } from "../../store/migrate.ts";
import { createDatabase, type TestPostgres } from "./postgres.ts";

describe("the tests' PostgreSQL", () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await createDatabase();
  });
  afterAll(() => postgres.drop());

  test("is release 18, in UTC", async () => {
    const client = await connect(postgres.url);
    const { rows } = await client.query(
      "select current_setting('server_version_num')::int / 10000 as major, current_setting('timezone') as zone",
    );
    await client.end();
    expect(rows).toEqual([{ major: 18, zone: "UTC" }]);
  });

  test("has every migration", async () => {
    const database = await openPostgres(postgres.url, { max: 1 });
    expect(await pendingMigrations(database.db)).toEqual([]);
    await database.close();
  });

  test("keeps databases apart, and an empty one empty", async () => {
    const other = await createDatabase({ empty: true });
    expect(other.url).not.toBe(postgres.url);
    const client = await connect(other.url);
    const { rows } = await client.query(
      "select count(*)::int as tables from information_schema.tables where table_schema = 'public'",
    );
    expect(rows).toEqual([{ tables: 0 }]);
    client.on("error", () => {});
    await other.drop();
    await expect(connect(other.url)).rejects.toThrow("does not exist");
  });

  test("runs transactions side by side", async () => {
    const [one, two] = await Promise.all([connect(postgres.url), connect(postgres.url)]);
    await one.query("create table marks (n int)");
    await one.query("begin");
    await two.query("begin");
    await one.query("insert into marks values (1)");
    const { rows } = await two.query("select count(*)::int as seen from marks");
    expect(rows).toEqual([{ seen: 0 }]);
    await Promise.all([one.end(), two.end()]);
  });
});

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}
