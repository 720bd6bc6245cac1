import type { Kysely } from "kysely";
import type { AttributeDeclaration } from "../core/language/document.ts";
import type { Schema } from "./schema.ts";

export type Attribute = Omit<AttributeDeclaration, "options" | "description"> & {
  readonly options: readonly string[] | null;
  readonly description: string | null;
  readonly commit_sha: string;
  readonly created_at: Date;
};

/** Every custom attribute, in the order of entity and key. */
export function listAttributes(db: Kysely<Schema>): Promise<Attribute[]> {
  return db.selectFrom("custom_attributes").selectAll().orderBy("entity").orderBy("key").execute();
}
