import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sourceFiles, writersIn } from "./writers.ts";

const ROOT = new URL("../../", import.meta.url);

describe("who writes enrollments", () => {
  test("exactly the named functions of the list in docs/decisions.md", () => {
    const sources = sourceFiles(ROOT, ["store", "runtime", "controller", "cli"]);
    // A migration changes the table itself.
    const acting = sources.filter((path) => !path.startsWith("store/migrations/"));
    const found = acting.flatMap((path) =>
      writersIn(readFileSync(new URL(path, ROOT), "utf8")).map((name) => `${name} ${path}`),
    );
    const listed = readFileSync(new URL("docs/decisions.md", ROOT), "utf8").matchAll(
      /^\| `(\w+)` +\| `(store\/[\w-]+\.ts)` +\|/gm,
    );
    const named = [...listed].map(([, name, path]) => `${name} ${path}`);
    expect(found.toSorted(inOrder)).toEqual(named.toSorted(inOrder));
    expect(named.length).toBeGreaterThan(10);
  });

  test.each([
    ["kysely's update", 'db.updateTable("enrollments").set({ state: "active" })'],
    ["kysely's insert", "trx\n  .insertInto('enrollments')\n  .values(row)"],
    ["kysely's delete", 'db.deleteFrom("enrollments as e")'],
    ["kysely's merge", 'db.mergeInto("enrollments").using("given", "a", "b")'],
    ["a table by another name", "db.updateTable(TABLE).set(row)"],
    ["an update in SQL", "sql`update enrollments e set state = 'active'`"],
    ["an update in SQL, shouted", "sql`UPDATE\n  ONLY public.enrollments SET state = 'active'`"],
    ["an update in quotes", 'sql`with a as (update "enrollments" set reason = null)`'],
    ["an insert in SQL", "sql`insert into enrollments (id) values (1)`"],
    ["a delete in SQL", "sql`delete from enrollments`"],
    ["a merge in SQL", "sql`merge into enrollments using given on true`"],
    ["SQL whose table is a variable", "sql`update ${table} set state = 'active'`"],
    ["SQL whose table is named aside", 'sql`insert into ${sql.table("enrollments")} values (1)`'],
  ])("%s is noticed", (_, statement) => {
    expect(writersIn(`export async function planted(db) {\n  await ${statement};\n}\n`)).toEqual([
      "planted",
    ]);
    expect(writersIn(`export const planted = () => ${statement};\n`)).toEqual(["(top level)"]);
    const helped = `function change(db) {\n  ${statement};\n}\n\nexport function planted() {\n  change(db);\n}\n`;
    expect(writersIn(helped)).toEqual(["planted"]);
    expect(writersIn(`function unused(db) {\n  ${statement};\n}\n`)).toEqual(["unused"]);
  });

  test.each([
    'db.selectFrom("enrollments").where("id", "=", id).forUpdate()',
    'db.insertInto("messages").values({ enrollment_id: id })',
    "sql`select id from enrollments e for no key update of e`",
    "sql`update messages m set state = 'sent' from enrollments e`",
    "sql`insert into history (enrollment_id) values (1)`",
  ])("%s is none", (statement) => {
    expect(writersIn(`export function planted(db) {\n  ${statement};\n}\n`)).toEqual([]);
  });
});

function inOrder(a: string, b: string): number {
  return a < b ? -1 : 1;
}
