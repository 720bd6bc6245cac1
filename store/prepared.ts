import { createHash } from "node:crypto";
import { sql } from "kysely";
import pg from "pg";

const MARK = "/* prepared */";

/**
 * Begins a statement that PostgreSQL is to parse and plan once a connection, not each time: one that is
 * asked often, whose text is always the same, and that names its columns, so that a later release's
 * migration does not change what it returns.
 */
export const prepared = sql.raw(MARK);

/** A connection that gives such statements a name, by which PostgreSQL knows them again. */
export class PreparingClient extends pg.Client {
  override query = ((text: unknown, values: unknown, callback: unknown) =>
    super.query(
      (typeof text === "string" && text.startsWith(MARK)
        ? { name: nameOf(text), text, values }
        : text) as string,
      values as unknown[],
      callback as never,
    )) as pg.Client["query"];
}

/** A text's name is the same on every connection. Marked texts are as many as there are places that mark. */
const names = new Map<string, string>();

function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = createHash("sha256").update(text).digest("base64url");
  names.set(text, name);
  return name;
}
