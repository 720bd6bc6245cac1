import type pg from "pg";
import { newId } from "../../store/ids.ts";
import { enrollmentOf } from "./rows.ts";

type Row = readonly unknown[];

/** The tables that an enrollment of somebody new is written to, and what it writes there. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  contacts: ["id", "data", "updated_at"],
  targets: ["type", "id", "contact_id", "data", "updated_at"],
  enrollments: [
    "id",
    "sequence_id",
    "version",
    "target_type",
    "target_id",
    "contact_id",
    "live_key",
    "state",
    "step_id",
    "base_at",
    "next_due_at",
    "expires_at",
    "started_at",
    "updated_at",
  ],
  history: ["enrollment_id", "at", "type", "step_id", "data"],
};

type Batch = ReadonlyMap<string, readonly Row[]>;

/** The rows that the engine writes for these enrollments, by table, in the order of their references. */
export function rawRows(names: readonly string[], sequence: string, now: number): Batch {
  const rows = new Map<string, Row[]>(Object.keys(TABLES).map((table) => [table, []]));
  const at = new Date(now).toISOString();
  const expires = new Date(now + 172_800_000).toISOString();
  for (const name of names) {
    const { contact, target, data } = enrollmentOf(name, sequence);
    const { id: contactId, ...fields } = contact;
    const id = newId(now);
    rows.get("contacts")?.push([contactId, fields, at]);
    rows.get("targets")?.push([target.type, target.id, contactId, data, at]);
    const about = [target.type, target.id, contactId, `target:charge:${target.id}`];
    rows
      .get("enrollments")
      ?.push([id, sequence, 1, ...about, "active", "notice", at, at, expires, at, at]);
    rows.get("history")?.push([id, at, "enrolled", null, { sequence, version: 1 }]);
    rows.get("history")?.push([id, at, "scheduled", "notice", { due_at: at }]);
  }
  return rows;
}

/** Writes a batch in one transaction, with one multi-row INSERT a table. */
export async function insertRaw(client: pg.Client, batch: Batch): Promise<void> {
  await client.query("begin");
  for (const [table, rows] of batch) {
    const columns = TABLES[table] ?? [];
    const places = rows.map((_, row) => {
      const own = columns.map((_column, index) => `$${row * columns.length + index + 1}`);
      return `(${own.join(", ")})`;
    });
    const text = `insert into ${table} (${columns.join(", ")}) values ${places.join(", ")}`;
    await client.query(text, rows.flat());
  }
  await client.query("commit");
}
