import type { FastifyInstance } from "fastify";
import type { AppDeps } from "../deps.ts";
import { endpoint } from "../endpoint.ts";
import { readEventRequest, type EventBody } from "../event-request.ts";
import { invalid, Problem } from "../problem.ts";
import { answer, externalId, instant, ok, targetType, uuid } from "../schemas/common.ts";

/** What services say has happened. */
export async function eventRoutes(app: FastifyInstance, { ports }: AppDeps): Promise<void> {
  app.addSchema({
    $id: "Event",
    ...answer({
      id: externalId,
      type: { type: "string" },
      enrolled: {
        type: "array",
        items: uuid,
        description: "The enrollments that began, by the triggers of their sequences.",
      },
      exited: { type: "integer", description: "How many enrollments ended." },
    }),
  });

  app.post<{ Body: EventBody }>(
    "/v1/events",
    endpoint({
      access: "write",
      tag: "Events",
      summary: "Report an event",
      description:
        "Each id counts once: the same event again is answered as the first time, with 200. `data` " +
        "merges into the target in the same transaction. Sequences whose `exit.events` name the type " +
        "end for this target (for a contact: whatever they are in), then those with a trigger for it begin.",
      body: {
        type: "object",
        required: ["id", "type", "occurred_at", "target"],
        additionalProperties: false,
        properties: {
          id: { ...externalId, description: "The event's own id, of your choice." },
          type: {
            type: "string",
            minLength: 1,
            maxLength: 255,
            description: "What triggers and exits name, e.g. `charge.overdue`.",
          },
          occurred_at: { ...instant, description: "When it happened." },
          target: {
            type: "object",
            required: ["type", "id"],
            additionalProperties: false,
            properties: { type: targetType, id: externalId },
            description: "What it happened to.",
          },
          data: {
            type: "object",
            additionalProperties: true,
            description: "Merges into the target; a new one that is no contact needs `contact_id`.",
          },
        },
      },
      answers: { 200: ok("Event", "It was reported before."), 201: ok("Event", "Taken in.") },
      problems: [
        "unknown-target",
        "unknown-contact",
        "other-contact",
        "contact-missing",
        "event-id-reused",
      ],
    }),
    async ({ body }, reply) => {
      const read = readEventRequest(body, await app.attributes());
      if ("errors" in read) throw invalid(read.errors);
      const result = await ports.reportEvent(read.report);
      if ("refused" in result) throw new Problem(result.refused.problem, result.refused.detail);
      const { id, type } = body;
      return reply.code(result.isNew ? 201 : 200).send({ id, type, ...result.outcome });
    },
  );
}
