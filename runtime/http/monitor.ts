import fastify, { type FastifyInstance } from "fastify";
import type { AppDeps } from "./deps.ts";
import { limits } from "./limits.ts";
import { healthRoutes } from "./routes/health.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { problemSchema } from "./schemas/common.ts";

/** What a process without the HTTP role answers: how it is, and its figures. */
export async function createMonitor(
  deps: Pick<AppDeps, "db" | "metrics">,
): Promise<FastifyInstance> {
  const app = fastify({ ...limits, logger: false });
  app.addSchema(problemSchema);
  await healthRoutes(app, deps);
  await metricsRoutes(app, deps);
  return app;
}
