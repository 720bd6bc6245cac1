import { createHash } from "node:crypto";
import { sql } from "kysely";
import pg from "pg";

const MARK = "/* prepared */";

/**
 * Begins a statement that PostgreSQL is to parse once a connection, and mostly plan once, not each time: one
 * that is asked often while there is work, whose text is always the same, and that names its columns, so that
 * a later release's migration does not change what it returns.
 */
export const prepared = sql.raw(MARK);

/**
 * After so many uses of a statement by a connection it is prepared anew. A plan that is kept was made for the
 * tables as they were, and a new installation's are empty when its first statements come.
 */
const ANEW_AFTER = [16, 512];

/** A connection that gives such statements a name, by which PostgreSQL knows them again. */
export class PreparingClient extends pg.Client {
  readonly #uses = new Map<string, number>();

  override query = ((text: unknown, values: unknown, callback: unknown) =>
    super.query(
      (typeof text === "string" && text.startsWith(MARK)
        ? { name: this.#nameOf(text), text, values }
        : text) as string,
      values as unknown[],
      callback as never,
    )) as pg.Client["query"];

  #nameOf(text: string): string {
    const uses = this.#uses.get(text) ?? 0;
    this.#uses.set(text, uses + 1);
    const age = ANEW_AFTER.filter((count) => uses >= count).length;
    return `${digestOf(text)}-${age}`;
  }
}

/** Marked texts are few: each place that marks has one, or one for each of its optional parts. */
const digests = new Map<string, string>();

function digestOf(text: string): string {
  const known = digests.get(text);
  if (known !== undefined) return known;
  const digest = createHash("sha256").update(text).digest("base64url");
  digests.set(text, digest);
  return digest;
}
