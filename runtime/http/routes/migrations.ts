import type { FastifyInstance } from "fastify";
import {
  listMigrations,
  readMigration,
  type MigrationRoute,
  type VersionMigration,
} from "../../../store/version-migrations.ts";
import type { MigratedStep } from "../../migrations/check.ts";
import { callerOf } from "../auth.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint } from "../endpoint.ts";
import { afterOf, pageOf, UUID } from "../page.ts";
import { notFound, Problem } from "../problem.ts";
import {
  answer,
  instant,
  listOf,
  maybeInstant,
  ok,
  pageQuery,
  resourceId,
  uuid,
} from "../schemas/common.ts";

const tag = "Migrations";
const versionNumber = { type: "integer", minimum: 1, maximum: 999_999_999 } as const;
const stepMap = {
  type: "object",
  maxProperties: 200,
  propertyNames: resourceId,
  additionalProperties: resourceId,
  description: "Steps that have another id in the other version: from which, to which.",
} as const;

interface Asked {
  readonly sequence: string;
  readonly from: number;
  readonly to: number;
  readonly map?: { readonly [step: string]: string };
  readonly dry_run?: boolean;
}

/** Migrations: live enrollments of one version go on by another. */
export async function migrationRoutes(app: FastifyInstance, deps: AppDeps): Promise<void> {
  const { db, ports } = deps;
  app.addSchema({
    $id: "MigrationPlan",
    ...answer({
      sequence: { type: "string" },
      from: { type: "integer" },
      to: { type: "integer" },
      enrollments: { type: "integer", description: "Live ones that it is about." },
      steps: {
        type: "array",
        items: answer({
          from: { type: "string" },
          to: { type: "string" },
          enrollments: { type: "integer" },
        }),
      },
    }),
  });
  app.addSchema({
    $id: "Migration",
    ...answer({
      id: uuid,
      sequence: { type: "string" },
      from: { type: "integer" },
      to: { type: "integer" },
      map: { type: "object", additionalProperties: { type: "string" } },
      state: { type: "string", enum: ["running", "done"] },
      moved: { type: "integer", description: "Enrollments that go on by the other version." },
      left: {
        type: "object",
        additionalProperties: { type: "integer" },
        description:
          "Enrollments that stay, by why: `unmapped_step`, `step_repeats`, `unknown_send` (a send of theirs has to be settled first), `in_hand` (for the moment).",
      },
      created_at: instant,
      created_by: { type: "string" },
      finished_at: maybeInstant,
    }),
  });

  app.post<{ Body: Asked }>(
    "/v1/migrations",
    endpoint({
      access: "operate",
      tag,
      summary: "Carry live enrollments on to another version",
      description:
        "They wait from the same base by the other version's rules; what is sent stays sent. `dry_run` says what would happen and changes nothing. The work goes on after the answer.",
      body: {
        type: "object",
        required: ["sequence", "from", "to"],
        additionalProperties: false,
        properties: {
          sequence: resourceId,
          from: versionNumber,
          to: versionNumber,
          map: stepMap,
          dry_run: { type: "boolean" },
        },
        examples: [
          { sequence: "billing", from: 3, to: 4, map: { nudge: "reminder" }, dry_run: true },
        ],
      },
      answers: {
        200: ok("MigrationPlan", "What it would do."),
        202: ok("Migration", "It is under way."),
      },
      problems: [
        "not-found",
        "unmapped-step",
        "step-repeats",
        "migration-running",
        "wrong-target-type",
      ],
    }),
    async (request, reply) => {
      const { dry_run: dryRun = false, map = {}, ...rest } = request.body;
      const route = { ...rest, map };
      const result = await ports.migrate(route, dryRun, callerOf(request));
      if ("refused" in result) throw new Problem(result.refused.problem, result.refused.detail);
      if (result.started === null) return reply.code(200).send(planOf(route, result.steps));
      return reply.code(202).send(shown(result.started));
    },
  );

  app.get<{ Querystring: { limit: number; cursor?: string } }>(
    "/v1/migrations",
    endpoint({
      access: "read",
      tag,
      summary: "List migrations, newest first",
      query: pageQuery,
      answers: { 200: listOf("Migration") },
    }),
    async ({ query }) => {
      const page = { after: afterOf(query, UUID), limit: query.limit + 1 };
      const rows = await listMigrations(db, page);
      return pageOf(rows.map(shown), query.limit, (row) => row.id);
    },
  );

  app.get<{ Params: { id: string } }>(
    "/v1/migrations/:id",
    endpoint({
      access: "read",
      tag,
      summary: "See how far a migration has come",
      params: { id: uuid },
      answers: { 200: ok("Migration", "The migration.") },
      problems: ["not-found"],
    }),
    async ({ params }) => {
      const migration = await readMigration(db, params.id);
      if (migration === null) throw notFound(`migration ${params.id}`);
      return shown(migration);
    },
  );
}

function planOf(route: MigrationRoute, steps: readonly MigratedStep[]) {
  const { sequence, from, to } = route;
  const enrollments = steps.reduce((sum, step) => sum + step.enrollments, 0);
  return { sequence, from, to, enrollments, steps };
}

function shown(migration: VersionMigration) {
  const {
    sequence_id: sequence,
    from_version: from,
    to_version: to,
    left_behind: left,
  } = migration;
  const { id, map, state, moved, created_at, created_by, finished_at } = migration;
  return { id, sequence, from, to, map, state, moved, left, created_at, created_by, finished_at };
}
