import type { FastifyInstance } from "fastify";
import { listApprovals } from "../../../store/drafts.ts";
import { callerOf } from "../auth.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint, NO_CONTENT } from "../endpoint.ts";
import { afterOf, pageOf, UUID, type PageQuery } from "../page.ts";
import { answer, channel, instant, listOf, maybeText, pageQuery, uuid } from "../schemas/common.ts";
import { refuseOr } from "./enrollments.ts";

const tag = "Approvals";

/** Drafts that wait for a person. */
export async function approvalRoutes(app: FastifyInstance, deps: AppDeps): Promise<void> {
  const { db, ports, clock } = deps;
  const text = { type: "string" } as const;
  app.addSchema({
    $id: "Approval",
    ...answer({
      id: uuid,
      enrollment_id: uuid,
      sequence: text,
      version: { type: "integer" },
      step: text,
      contact_id: text,
      contact_name: maybeText,
      channel,
      to: text,
      subject: maybeText,
      body: text,
      static_subject: maybeText,
      static_body: text,
      problem: { ...maybeText, description: "Why the static text stands here." },
      model: maybeText,
      tokens: { type: "integer" },
      due_at: instant,
      expires_at: instant,
      created_at: instant,
    }),
  });

  app.get<{ Querystring: PageQuery }>(
    "/v1/approvals",
    endpoint({
      access: "read",
      tag,
      summary: "List the drafts that wait for approval, the oldest first",
      query: pageQuery,
      answers: { 200: listOf("Approval") },
    }),
    async ({ query }) => {
      const page = { after: afterOf(query, UUID), limit: query.limit + 1 };
      return pageOf(await listApprovals(db, page, clock.now()), query.limit, (row) => row.id);
    },
  );

  const decision = {
    access: "approve",
    tag,
    params: { id: uuid },
    answers: { 204: NO_CONTENT },
    problems: ["not-found", "wrong-state"],
  } as const;

  app.post<{ Params: { id: string } }>(
    "/v1/approvals/:id/approve",
    endpoint({
      ...decision,
      problems: [...decision.problems],
      summary: "Send the draft as it is",
      description: "Every rule of a send is asked again first.",
    }),
    async (request, reply) => {
      refuseOr(await ports.approveDraft(request.params.id, null, callerOf(request)));
      return reply.code(204).send();
    },
  );

  app.post<{ Params: { id: string }; Body: { body: string; subject?: string } }>(
    "/v1/approvals/:id/edit",
    endpoint({
      ...decision,
      problems: [...decision.problems],
      summary: "Send this text instead of the draft",
      body: {
        type: "object",
        required: ["body"],
        additionalProperties: false,
        properties: {
          body: { type: "string", minLength: 1, maxLength: 20_000 },
          subject: { type: "string", minLength: 1, maxLength: 500 },
        },
      },
    }),
    async (request, reply) => {
      const { body, subject = null } = request.body;
      refuseOr(await ports.approveDraft(request.params.id, { body, subject }, callerOf(request)));
      return reply.code(204).send();
    },
  );

  app.post<{ Params: { id: string } }>(
    "/v1/approvals/:id/discard",
    endpoint({
      ...decision,
      problems: [...decision.problems],
      summary: "Discard the draft: its step is skipped",
    }),
    async (request, reply) => {
      refuseOr(await ports.discardDraft(request.params.id, callerOf(request)));
      return reply.code(204).send();
    },
  );
}
