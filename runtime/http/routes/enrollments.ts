import type { FastifyInstance } from "fastify";
import type { TargetType } from "../../../core/language/document.ts";
import { listEnrollments, readEnrollment } from "../../../store/enrollments-read.ts";
import type { EnrollmentState } from "../../../store/schema.ts";
import { callerOf } from "../auth.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint } from "../endpoint.ts";
import { readEnrollRequest, type EnrollBody } from "../enroll-request.ts";
import { afterOf, pageOf, UUID, type PageQuery } from "../page.ts";
import type { ActionResult } from "../ports.ts";
import { invalid, notFound, Problem } from "../problem.ts";
import {
  externalId,
  listOf,
  ok,
  pageQuery,
  resourceId,
  targetType,
  uuid,
} from "../schemas/common.ts";
import {
  enrollBody,
  enrolledSchema,
  enrollmentDetailSchema,
  enrollmentSchema,
} from "../schemas/enrollment.ts";

const tag = "Enrollments";
const ACTIONS = {
  pause: "Pauses it: nothing is sent until it is resumed",
  resume: "Resumes it: what is overdue is due now, unless it has expired",
  exit: "Ends it before its last step",
  retry: "Tries the step again that it is held at, or has failed at",
  skip: "Passes its next step over",
} as const;

interface ListQuery extends PageQuery {
  readonly sequence?: string;
  readonly version?: number;
  readonly state?: EnrollmentState;
  readonly contact?: string;
  readonly target_type?: TargetType;
  readonly target_id?: string;
}

/** Enrollments: one at a time, read, and changed by hand. */
export async function enrollmentRoutes(app: FastifyInstance, deps: AppDeps): Promise<void> {
  const { db, ports } = deps;
  app.addSchema(enrolledSchema);
  app.addSchema(enrollmentSchema);
  app.addSchema(enrollmentDetailSchema);

  app.post<{ Body: EnrollBody; Headers: { "idempotency-key"?: string } }>(
    "/v1/enrollments",
    endpoint({
      access: "write",
      tag,
      summary: "Enroll a target",
      description:
        "Pins the sequence's active version. `contact` and `data` merge in the same transaction. " +
        "The one that is live already is answered with 200.",
      headers: {
        "idempotency-key": {
          type: "string",
          minLength: 1,
          maxLength: 255,
          description: "A retry with the same key and body gets the first answer again.",
        },
      },
      body: enrollBody,
      answers: {
        200: ok("Enrolled", "It is under way already, or this is a retry."),
        201: ok("Enrolled", "It began."),
      },
      problems: [
        "unknown-sequence",
        "retired-sequence",
        "not-reenrolled",
        "other-contact",
        "unknown-contact",
        "unknown-target",
        "contact-missing",
        "contact-mismatch",
        "wrong-target-type",
        "idempotency-key-reused",
      ],
    }),
    async (request, reply) => {
      const key = request.headers["idempotency-key"];
      const apiKeyId = request.principal?.id ?? "";
      const idempotency = key === undefined ? null : { apiKeyId, key };
      const read = readEnrollRequest(request.body, await app.attributes(), idempotency);
      if ("errors" in read) throw invalid(read.errors);
      const [result] = await ports.enroll([read.request]);
      if (result === undefined) throw new Error("the engine gave no answer");
      if ("refused" in result) throw new Problem(result.refused.problem, result.refused.detail);
      if (result.replayed) reply.header("idempotency-replayed", "true");
      return reply.code(result.status).send(result.enrolled);
    },
  );

  app.get<{ Querystring: ListQuery }>(
    "/v1/enrollments",
    endpoint({
      access: "read",
      tag,
      summary: "List enrollments, the newest first",
      query: {
        sequence: resourceId,
        version: { type: "integer", minimum: 1, maximum: 2_147_483_647 },
        state: enrollmentSchema.properties.state,
        contact: externalId,
        target_type: targetType,
        target_id: externalId,
        ...pageQuery,
      },
      answers: { 200: listOf("Enrollment") },
    }),
    async ({ query }) => {
      const { limit, target_type: type, target_id: id, ...filter } = query;
      if ((type === undefined) !== (id === undefined)) {
        const path = type === undefined ? "target_type" : "target_id";
        const message = "is missing: `target_type` and `target_id` go together";
        throw invalid([{ in: "query", path, message }]);
      }
      const target = type === undefined || id === undefined ? {} : { target: { type, id } };
      const page = { after: afterOf(query, UUID), limit: limit + 1 };
      const rows = await listEnrollments(db, { ...filter, ...target }, page);
      return pageOf(rows, limit, (row) => row.id);
    },
  );

  app.get<{ Params: { id: string } }>(
    "/v1/enrollments/:id",
    endpoint({
      access: "read",
      tag,
      summary: "Read an enrollment with its history and messages",
      params: { id: uuid },
      answers: { 200: ok("EnrollmentDetail", "The enrollment.") },
      problems: ["not-found"],
    }),
    async ({ params }) => {
      const enrollment = await readEnrollment(db, params.id);
      if (enrollment === null) throw notFound(`enrollment ${params.id}`);
      return enrollment;
    },
  );

  for (const [action, summary] of Object.entries(ACTIONS)) {
    const isExit = action === "exit";
    app.post<{ Params: { id: string }; Body: { reason?: string } | undefined }>(
      `/v1/enrollments/:id/${action}`,
      {
        ...endpoint({
          access: "write",
          tag,
          summary,
          params: { id: uuid },
          body: optionalBody(
            isExit
              ? { reason: { type: "string", minLength: 1, maxLength: 200, default: "manual" } }
              : {},
          ),
          answers: { 200: ok("Enrollment", "As it is now.") },
          problems: ["not-found", "wrong-state"],
        }),
        preValidation: async (request) => {
          request.body ??= {};
        },
      },
      async (request) => {
        const { id } = request.params;
        const reason = request.body?.reason ?? "manual";
        await act(action as keyof typeof ACTIONS, id, callerOf(request), reason);
        return readEnrollment(db, id);
      },
    );
  }

  async function act(action: keyof typeof ACTIONS, id: string, by: string, reason: string) {
    switch (action) {
      case "pause":
        return refuseOr(await ports.pauseEnrollment(id, by));
      case "resume":
        return refuseOr(await ports.resumeEnrollment(id, by));
      case "exit":
        return refuseOr(await ports.exitEnrollment(id, by, reason));
      case "retry":
        return refuseOr(await ports.retryEnrollment(id, by));
      case "skip":
        return refuseOr(await ports.skipStep(id, by));
    }
  }
}

/** @throws Problem when the engine refused */
export function refuseOr(result: ActionResult): void {
  if ("refused" in result) throw new Problem(result.refused.problem, result.refused.detail);
}

/** A body that may be left out. */
function optionalBody(properties: object) {
  return { type: "object", additionalProperties: false, properties } as const;
}
