import type { FastifyInstance } from "fastify";
import { whyNotReady } from "../../../store/health.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint } from "../endpoint.ts";
import { answer } from "../schemas/common.ts";

/** What a process manager asks, of every process and without a key. */
export async function healthRoutes(
  app: FastifyInstance,
  { db }: Pick<AppDeps, "db">,
): Promise<void> {
  app.get(
    "/health/live",
    endpoint({
      access: "public",
      tag: "Status",
      summary: "Is the process alive?",
      answers: { 200: answer({ status: { type: "string" } }, "It is.") },
    }),
    async () => ({ status: "ok" }),
  );

  const readiness = {
    status: { type: "string", enum: ["ready", "not_ready"] },
    reasons: { type: "array", items: { type: "string" } },
  } as const;
  app.get(
    "/health/ready",
    endpoint({
      access: "public",
      tag: "Status",
      summary: "Can the process serve?",
      answers: { 200: answer(readiness, "It can."), 503: answer(readiness, "It cannot, and why.") },
    }),
    async (_request, reply) => {
      const reasons = await whyNotReady(db);
      const isReady = reasons.length === 0;
      return reply
        .code(isReady ? 200 : 503)
        .send({ status: isReady ? "ready" : "not_ready", reasons });
    },
  );
}
