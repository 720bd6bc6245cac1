import type { FastifyInstance } from "fastify";
import { listHalts } from "../../../store/halts.ts";
import { countEnrollments } from "../../../store/overview.ts";
import { readSourceState } from "../../../store/source-requests.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint } from "../endpoint.ts";
import { answer, ok } from "../schemas/common.ts";

/** How the server is: for `cadenza status`, and for whoever keeps it running. */
export async function statusRoutes(app: FastifyInstance, deps: AppDeps): Promise<void> {
  const { db } = deps;
  app.addSchema({
    $id: "Status",
    ...answer({
      delivery: {
        type: "string",
        enum: ["live", "outbox"],
        description: "`outbox`: nothing leaves this server, whatever an inbox says.",
      },
      conditions: { type: "array", items: { type: "object", additionalProperties: true } },
      source: { $ref: "Source#" },
      enrollments: {
        type: "object",
        description: "How many are in each state.",
        additionalProperties: { type: "integer" },
      },
      halts: { type: "array", items: { $ref: "Halt#" } },
      version: { type: "string", description: "This server's release." },
    }),
  });

  app.get(
    "/v1/status",
    endpoint({
      access: "read",
      tag: "Status",
      summary: "Read the server's status",
      answers: { 200: ok("Status", "The status.") },
    }),
    async () => {
      const source = await readSourceState(db);
      return {
        delivery: deps.delivery,
        conditions: source.conditions,
        source,
        enrollments: await countEnrollments(db),
        halts: await listHalts(db),
        version: deps.version,
      };
    },
  );
}
