import type { Kysely } from "kysely";
import type { Schema } from "../../store/schema.ts";
import { startMigration, type MigrationRoute } from "../../store/version-migrations.ts";
import type { Engine } from "../engine.ts";
import type { MigrationResult } from "../http/ports.ts";
import { planMigration } from "./check.ts";

/**
 * Checks a migration, and starts it unless it is a dry run: the workers carry it out.
 * @param now epoch ms
 */
export async function requestMigration(
  db: Kysely<Schema>,
  engine: Engine,
  route: MigrationRoute,
  dryRun: boolean,
  by: string,
  now: number,
): Promise<MigrationResult> {
  const plan = await planMigration(db, engine, route);
  if ("refused" in plan) return plan;
  if (dryRun) return { steps: plan.steps, started: null };
  const started = await startMigration(db, route, by, now);
  if (started !== null) return { steps: plan.steps, started };
  const detail = `Enrollments are being carried from ${route.sequence}@${route.from} already; see GET /v1/migrations`;
  return { refused: { problem: "migration-running", detail } };
}
