import type { FastifyInstance } from "fastify";
import { readMessageSummary } from "../../../store/messages-settle.ts";
import { callerOf } from "../auth.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint } from "../endpoint.ts";
import { answer, ok, uuid } from "../schemas/common.ts";
import { refuseOr } from "./enrollments.ts";

/** Messages whose fate is unknown. */
export async function messageRoutes(app: FastifyInstance, { db, ports }: AppDeps): Promise<void> {
  const text = { type: "string" } as const;
  app.addSchema({
    $id: "Message",
    ...answer({
      id: uuid,
      enrollment_id: uuid,
      step: text,
      attempt: { type: "integer" },
      state: text,
    }),
  });

  app.post<{ Params: { id: string }; Body: { as: "sent" | "not_sent" } }>(
    "/v1/messages/:id/settle",
    endpoint({
      access: "operate",
      tag: "Messages",
      summary: "Say what became of a message whose fate is unknown",
      description: "`sent`: the sequence goes on. `not_sent`: the step is tried again.",
      params: { id: uuid },
      body: {
        type: "object",
        required: ["as"],
        additionalProperties: false,
        properties: { as: { type: "string", enum: ["sent", "not_sent"] } },
      },
      answers: { 200: ok("Message", "As it is now.") },
      problems: ["not-found", "wrong-state"],
    }),
    async (request) => {
      const { id } = request.params;
      refuseOr(await ports.settleMessage(id, request.body.as, callerOf(request)));
      return readMessageSummary(db, id);
    },
  );
}
