import { sql, type Kysely } from "kysely";
import type { EntityData } from "../core/facts.ts";
import { mergeRecords, readRecord, readRecords, type Merged, type Stored } from "./merge.ts";
import type { Schema } from "./schema.ts";

/**
 * Creates or merges agents: the people that conversations and enrollments are assigned to.
 * @param now epoch ms
 */
export function mergeAgents(
  db: Kysely<Schema>,
  patches: ReadonlyMap<string, EntityData>,
  now: number,
): Promise<ReadonlyMap<string, Merged>> {
  return mergeRecords(db, "agents", {}, patches, now);
}

/** The agents among `ids` that exist, by id. */
export function readAgents(
  db: Kysely<Schema>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, EntityData>> {
  return readRecords(db, "agents", sql`true`, ids);
}

/** One agent, or null when there is none. */
export function readAgent(db: Kysely<Schema>, id: string): Promise<Stored | null> {
  return readRecord(db, "agents", sql`true`, id);
}
