import type { Kysely } from "kysely";
import type { Channel } from "../core/language/document.ts";
import type { Schema } from "./schema.ts";

/** Whom an unsubscribe link opts out, and of what. */
interface Unsubscriber {
  readonly addresses: readonly { readonly channel: Channel; readonly address: string }[];
  readonly purpose: "marketing" | "all";
}

/**
 * The mail addresses that an enrollment wrote to, or would write to, and the purpose of its sequence.
 * Null when there is no such enrollment.
 */
export async function readUnsubscriber(
  db: Kysely<Schema>,
  enrollmentId: string,
): Promise<Unsubscriber | null> {
  const row = await db
    .selectFrom("enrollments as e")
    .innerJoin("contacts as c", "c.id", "e.contact_id")
    .innerJoin("sequence_versions as v", (join) =>
      join.onRef("v.sequence_id", "=", "e.sequence_id").onRef("v.version", "=", "e.version"),
    )
    .select(["c.data as contact", "v.document"])
    .where("e.id", "=", enrollmentId)
    .executeTakeFirst();
  if (row === undefined) return null;
  const sent = await db
    .selectFrom("messages")
    .select("address")
    .distinct()
    .where("enrollment_id", "=", enrollmentId)
    .where("channel", "=", "email")
    .execute();
  const own = row.contact["email"];
  const all = [...sent.map(({ address }) => address), typeof own === "string" ? own : null];
  const addresses = new Set(
    all.filter((address) => address !== null).map((address) => address.toLowerCase()),
  );
  return {
    addresses: [...addresses].map((address) => ({ channel: "email", address })),
    purpose: row.document.purpose === "marketing" ? "marketing" : "all",
  };
}
