import { randomUUID } from "node:crypto";
import fastify, { type FastifyInstance } from "fastify";
import { listAttributes, type Attribute } from "../../store/attributes.ts";
import { notFoundPage } from "../console/not-found.ts";
import { consoleRoutes } from "../console/routes.ts";
import { unsubscribeRoutes } from "../console/unsubscribe.ts";
import { useAudit } from "./audit.ts";
import { useAuth } from "./auth.ts";
import { cache } from "../cache.ts";
import { useDeadline } from "./deadline.ts";
import type { AppDeps } from "./deps.ts";
import { sendProblem } from "./errors.ts";
import { useStrictJson } from "./json.ts";
import { limits, refuseConnection } from "./limits.ts";
import { useMethodNotAllowed } from "./methods.ts";
import { useOpenApi } from "./openapi.ts";
import { Problem } from "./problem.ts";
import { bulkRoutes } from "./routes/bulk.ts";
import { conversationRoutes } from "./routes/conversations.ts";
import { auditRoutes } from "./routes/audit.ts";
import { approvalRoutes } from "./routes/approvals.ts";
import { enrollmentRoutes } from "./routes/enrollments.ts";
import { entityRoutes } from "./routes/entities.ts";
import { eventRoutes } from "./routes/events.ts";
import { gitWebhookRoutes } from "./routes/git-webhook.ts";
import { haltRoutes } from "./routes/halts.ts";
import { healthRoutes } from "./routes/health.ts";
import { keyRoutes } from "./routes/keys.ts";
import { messageRoutes } from "./routes/messages.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { migrationRoutes } from "./routes/migrations.ts";
import { previewRoutes } from "./routes/preview.ts";
import { sequenceRoutes } from "./routes/sequences.ts";
import { sourceRoutes } from "./routes/source.ts";
import { statusRoutes } from "./routes/status.ts";
import { suppressionRoutes } from "./routes/suppressions.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { problemSchema } from "./schemas/common.ts";
import { useValidation } from "./validation.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** The custom attributes, at most a second old. */
    attributes(): Promise<Attribute[]>;
  }
}

const ATTRIBUTES_TTL_MS = 1_000;
const ROUTES = [
  approvalRoutes,
  enrollmentRoutes,
  entityRoutes,
  conversationRoutes,
  eventRoutes,
  suppressionRoutes,
  haltRoutes,
  sequenceRoutes,
  sourceRoutes,
  keyRoutes,
  auditRoutes,
  messageRoutes,
  migrationRoutes,
  previewRoutes,
  metricsRoutes,
  statusRoutes,
  healthRoutes,
];

/**
 * Builds the HTTP app. It listens to nothing yet: whoever owns the process does that, and closes it.
 */
export async function createApp(deps: AppDeps): Promise<FastifyInstance> {
  const { handlerTimeout, ...bounds } = { ...limits, ...deps.limits };
  const app = fastify({
    ...bounds,
    trustProxy: [...(deps.trustedProxies ?? [])],
    logger: false,
    genReqId: () => randomUUID(),
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => {
      void sendProblem(deps.log, error, request, reply);
    },
  });
  useStrictJson(app);
  useValidation(app);
  app.setErrorHandler((error, request, reply) => sendProblem(deps.log, error, request, reply));
  useMethodNotAllowed(app, (path) => notFoundPage(path, deps.clock.now()));
  useDeadline(app, handlerTimeout);
  useHeaders(app);
  useAuth(app, deps);
  useAudit(app, deps);
  app.addSchema(problemSchema);
  const attributes = cache(deps.clock, ATTRIBUTES_TTL_MS, () => listAttributes(deps.db));
  app.decorate("attributes", () => attributes.get(null));

  await useOpenApi(app, deps);
  for (const routes of ROUTES) await routes(app, deps);
  await app.register(bulkRoutes, deps);
  await app.register(webhookRoutes, deps);
  await app.register(gitWebhookRoutes, deps);
  await app.register(consoleRoutes, deps);
  await app.register(unsubscribeRoutes, deps);
  return app;
}

function useHeaders(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    reply.header("x-content-type-options", "nosniff");
    reply.header("referrer-policy", "no-referrer");
    if (request.url.startsWith("/v1/")) reply.header("cache-control", "no-store");
    const isReading = request.method === "GET" || request.method === "HEAD";
    const encoding = request.headers["content-encoding"];
    if (!isReading && encoding !== undefined && encoding !== "identity") {
      throw new Problem("unsupported-media-type", "Send the body uncompressed");
    }
    done();
  });
}
