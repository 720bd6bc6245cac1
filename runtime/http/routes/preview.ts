import type { FastifyInstance } from "fastify";
import type { TargetType } from "../../../core/language/document.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint } from "../endpoint.ts";
import { readDatetime } from "../fields.ts";
import { invalid, Problem } from "../problem.ts";
import { ok } from "../schemas/common.ts";
import { previewBody, previewSchema } from "../schemas/preview.ts";

interface PreviewBody {
  readonly sequence?: string;
  readonly contact?: string;
  readonly target?: { readonly type: TargetType; readonly id?: string };
  readonly start?: string;
}

/** What would be said to a contact, without saying it. */
export async function previewRoutes(app: FastifyInstance, deps: AppDeps): Promise<void> {
  const { ports, clock } = deps;
  app.addSchema(previewSchema);

  app.post<{ Body: PreviewBody }>(
    "/v1/preview",
    endpoint({
      access: "read",
      tag: "Sequences",
      summary: "Show what a sequence would say to a contact",
      description:
        "Renders every step of the active version with the contact's data, the live policy and the time " +
        "of now. Nothing is stored or sent.",
      body: previewBody,
      answers: { 200: ok("Preview", "Each step is assumed sent when due.") },
      problems: [
        "unknown-sequence",
        "wrong-target-type",
        "unknown-target",
        "unknown-contact",
        "contact-missing",
        "contact-mismatch",
      ],
    }),
    async ({ body }) => {
      const start = body.start === undefined ? null : startOf(body.start);
      const result = await ports.preview({
        sequence: body.sequence ?? null,
        contact: body.contact ?? null,
        target: body.target === undefined ? null : { ...body.target, id: body.target.id ?? null },
        start,
      });
      if ("refused" in result) throw new Problem(result.refused.problem, result.refused.detail);
      const { person, target, sequence, version, preview, known } = result;
      const began = preview?.start ?? new Date(start ?? clock.now()).toISOString();
      const steps = preview?.steps ?? [];
      return { sequence, version, persona: person, target, start: began, steps, known };
    },
  );
}

/** Epoch ms. */
function startOf(text: string): number {
  const read = readDatetime(text);
  if ("value" in read) return Date.parse(read.value);
  throw invalid([{ in: "body", path: "/start", message: read.problem }]);
}
