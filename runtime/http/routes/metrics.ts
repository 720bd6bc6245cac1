import type { FastifyInstance } from "fastify";
import type { Metrics } from "../../metrics/metrics.ts";

/** `GET /metrics`, and how long each request took. A route is told by its pattern, never by its address. */
export async function metricsRoutes(
  app: FastifyInstance,
  { metrics }: { readonly metrics: Metrics },
): Promise<void> {
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "unknown";
    metrics.answered(request.method, route, reply.statusCode, reply.elapsedTime / 1_000);
    done();
  });
  app.get("/metrics", { schema: { hide: true } }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
}
