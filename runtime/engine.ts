import type { Kysely } from "kysely";
import type { Program, Workspace } from "../core/enrollment/index.ts";
import type { Schema } from "../store/schema.ts";

/**
 * The live workspace and the published versions, cached. Both read through the connection they are
 * given, so that they can be asked inside a transaction.
 */
export interface Engine {
  /**
   * @param revision the policy's, where it was just read
   * @throws when nothing has been published yet
   */
  workspace(db: Kysely<Schema>, revision?: string | null): Promise<Workspace>;
  /** @throws UnusableVersion; or what kept it from being read, which says nothing of the version */
  program(db: Kysely<Schema>, sequence: string, version: number): Promise<Program>;
}

/** `welcome@2`: what a published version is kept by. */
export function versionKey(sequence: string, version: number): string {
  return `${sequence}@${version}`;
}

/** There is no such version, or no program can be made of it: asking again will not help. */
export class UnusableVersion extends Error {
  override readonly name = "UnusableVersion";
}
