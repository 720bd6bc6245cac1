import { sql, type RawBuilder } from "kysely";
import { jsonText, storable } from "./json.ts";

/** What a column holds: an `instant` is given as epoch ms, `json` as any value. */
type ColumnKind = keyof typeof TYPES;

/** A column's kind, and what a row has in it; null or undefined is null there. */
type Column<Row> = readonly [ColumnKind, (row: Row) => unknown];

const TYPES = {
  uuid: "uuid",
  text: "text",
  integer: "integer",
  boolean: "boolean",
  instant: "float8",
  json: "text",
} as const;

/**
 * Rows as a relation to select from, one array a column. PostgreSQL reads arrays in half the time that
 * `jsonb_to_recordset` takes for the same rows, and the statement's text is the same for any number of them.
 * They are unnested side by side in a select list, which yields row after row; in a `from` each column would
 * first be written into a table of its own.
 *
 * Its text holds neither NUL nor half of a surrogate pair: a text that a filter cut in the middle of an
 * emoji, or a provider's odd answer, must not fail the statement of a whole wave.
 */
export function recordset<Row>(
  columns: Readonly<Record<string, Column<Row>>>,
): (rows: readonly Row[]) => RawBuilder<unknown> {
  const named = Object.entries(columns);
  const selected = sql.raw(named.map(([name, [kind]]) => selectedAs(name, kind)).join(", "));
  const arrays = named.map(([name, column], index) => {
    const as = sql.raw(`::${TYPES[column[0]]}[]) as "${name}"`);
    // The first says how many rows there are: shorter arrays are filled up with null.
    return (rows: readonly Row[]) => sql`unnest(${arrayOf(rows, column, index > 0)}${as}`;
  });
  return (rows) =>
    sql`(select ${selected} from (select ${sql.join(arrays.map((of) => of(rows)))}) r)`;
}

function selectedAs(name: string, kind: ColumnKind): string {
  if (kind === "instant") return `to_timestamp("${name}" / 1000) as "${name}"`;
  return kind === "json" ? `"${name}"::jsonb as "${name}"` : `"${name}"`;
}

/** A column's values as PostgreSQL writes an array. @param mayBeShort where all are null, none is given */
function arrayOf<Row>(rows: readonly Row[], [kind, of]: Column<Row>, mayBeShort: boolean): string {
  const valuesBy = (write: typeof plain) =>
    rows.map((row) => {
      const value = of(row) ?? null;
      return value === null ? null : write(value, kind);
    });
  const values = valuesBy(plain);
  if (mayBeShort && values.every((value) => value === null)) return "{}";
  const literal = QUOTED.has(kind) ? textArray(values) : bare(values);
  return MAYBE_UNSTORABLE.test(literal) ? textArray(valuesBy(mend)) : literal;
}

const QUOTED: ReadonlySet<ColumnKind> = new Set(["text", "json"]);
/** Looked for once in a column, since it is rare. The driver itself replaces half of a pair in a text. */
const MAYBE_UNSTORABLE = /\0|\\u(?:0000|d[89a-f])/;

function plain(value: unknown, kind: ColumnKind): string {
  return kind === "json" ? JSON.stringify(value) : String(value);
}

function mend(value: unknown, kind: ColumnKind): string {
  return kind === "json" ? jsonText(value) : String(storable(value));
}

/** Texts as an array that PostgreSQL reads. Most columns need nothing escaped, and are put together as they are. */
export function textArray(values: readonly (string | null)[]): string {
  if (values.length === 0) return "{}";
  return values.some((value) => value === null || SPECIAL.test(value))
    ? `{${values.map((value) => (value === null ? "NULL" : quote(value))).join()}}`
    : `{"${values.join('","')}"}`;
}

function bare(values: readonly (string | null)[]): string {
  return `{${values.map((value) => value ?? "NULL").join()}}`;
}

const SPECIAL = /["\\]/;

function quote(text: string): string {
  return SPECIAL.test(text) ? `"${text.replaceAll(/["\\]/g, "\\$&")}"` : `"${text}"`;
}
