import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../store/database.ts";
import { openPostgres } from "../../store/database.ts";
import { recordset } from "../../store/recordset.ts";
import { openTestDatabase } from "../support/embedded.ts";
import { createDatabase } from "../support/postgres.ts";

interface Row {
  readonly id?: string | null;
  readonly text?: string | null;
  readonly count?: number | null;
  readonly yes?: boolean | null;
  readonly at?: number | null;
  readonly data?: unknown;
}

const asRows = recordset<Row>({
  id: ["uuid", (row) => row.id],
  text: ["text", (row) => row.text],
  count: ["integer", (row) => row.count],
  yes: ["boolean", (row) => row.yes],
  at: ["instant", (row) => row.at],
  data: ["json", (row) => row.data],
});

describe.each(["embedded", "PostgreSQL"] as const)("rows as arrays (%s)", (kind) => {
  let database: Database;
  let drop = async () => {};
  beforeAll(async () => {
    if (kind === "embedded") {
      database = await openTestDatabase();
      return;
    }
    const created = await createDatabase();
    drop = created.drop;
    database = await openPostgres(created.url);
  });
  afterAll(async () => {
    await database.close();
    await drop();
  });

  async function read(rows: readonly Row[]): Promise<unknown[]> {
    const found = await sql`
      select *, pg_typeof(data)::text as type from ${asRows(rows)} r
    `.execute(database.db);
    return found.rows;
  }

  test("come back as they were", async () => {
    const id = "018f3a5e-0000-7000-8000-000000000001";
    const row = {
      id,
      text: "a",
      count: -3,
      yes: false,
      at: 1_772_445_600_123,
      data: { a: [1, "b"] },
    };
    expect(await read([row, { ...row, yes: true }])).toEqual([
      { ...row, at: new Date(row.at), type: "jsonb" },
      { ...row, yes: true, at: new Date(row.at), type: "jsonb" },
    ]);
  });

  test("what is null or absent is null", async () => {
    const empty = { id: null, text: null, count: null, yes: null, at: null, data: null };
    expect(await read([{}, empty])).toEqual([
      { ...empty, type: "jsonb" },
      { ...empty, type: "jsonb" },
    ]);
  });

  test.each([
    ["what an array is written with", '{a,"b"\\,NULL}'],
    ["a text that reads like null", "NULL"],
    ["nothing", ""],
    ["spaces and line ends", "  a\r\n\tb  "],
    ["an emoji", "👩‍👩‍👧"],
    ["an escape of JSON", String.raw`\u0000 \ud800 \\u0000`],
  ])("%s", async (_, text) => {
    expect(await read([{ text, data: { text } }, { text: "b" }])).toMatchObject([
      { text, data: { text } },
      { text: "b", data: null },
    ]);
  });

  test.each([
    ["NUL is left out", "a\0b", "ab"],
    ["half of a surrogate pair is replaced", "a\ud83d", "a\ufffd"],
    ["so is the other half", "\ude00a", "\ufffda"],
  ])("%s", async (_, text, stored) => {
    expect(await read([{ text, data: { deep: [text] } }, { text: "whole" }])).toMatchObject([
      { text: stored, data: { deep: [stored] } },
      { text: "whole" },
    ]);
  });

  test("an instant keeps its millisecond, long ago and far ahead", async () => {
    const instants = [-2_208_988_800_000, -1, 0, 1, 1_772_445_600_999, 253_402_300_799_999];
    const rows = (await read(instants.map((at) => ({ at })))) as { readonly at: Date }[];
    expect(rows.map(({ at }) => at.getTime())).toEqual(instants);
  });
});
