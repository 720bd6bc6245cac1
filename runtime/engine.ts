import type { Kysely } from "kysely";
import type { Program, Workspace } from "../core/enrollment/index.ts";
import type { Schema } from "../store/schema.ts";

/**
 * The live workspace and the published versions, cached. Both read through the connection they are
 * given, so that they can be asked inside a transaction.
 */
export interface Engine {
  /** @throws when nothing has been published yet */
  workspace(db: Kysely<Schema>): Promise<Workspace>;
  /** @throws when there is no such version */
  program(db: Kysely<Schema>, sequence: string, version: number): Promise<Program>;
}
