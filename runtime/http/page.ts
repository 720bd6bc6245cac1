import { invalid } from "./problem.ts";

export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string;
}

/** A page of a list: one row more was asked for than is shown, to know whether there are more. */
export function pageOf<T>(
  rows: readonly T[],
  limit: number,
  keyOf: (row: T) => string,
): { readonly data: readonly T[]; readonly next_cursor: string | null } {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  const isLast = rows.length <= limit || last === undefined;
  return { data, next_cursor: isLast ? null : Buffer.from(keyOf(last)).toString("base64url") };
}

/**
 * The key that a page begins after; null for the first one.
 * @param shape what every key of this list looks like
 * @throws Problem when the cursor is none of this list's
 */
export function afterOf({ cursor }: PageQuery, shape: RegExp): string | null {
  if (cursor === undefined) return null;
  const key = Buffer.from(cursor, "base64url").toString("utf8");
  if (shape.test(key)) return key;
  throw invalid([
    { in: "query", path: "cursor", message: "must be the `next_cursor` of a page of this list" },
  ]);
}

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const RESOURCE_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;
