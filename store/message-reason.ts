import { sql, type RawBuilder } from "kysely";
import { askedFor } from "../core/enrollment/index.ts";
import type { Channel } from "../core/language/document.ts";

/** A message's reason as it is stored: null where its channel says as much. */
export function storedReason(reason: string, channel: Channel): string | null {
  return reason === askedFor(channel) ? null : reason;
}

/** The reason of a message as it was given. @param message the table's name in the statement */
export function reasonOf(message: string): RawBuilder<string | null> {
  return sql<string | null>`coalesce(${sql.ref(`${message}.reason`)},
    ${sql.lit(askedFor(""))} || ${sql.ref(`${message}.channel`)})`;
}
