import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance, RouteOptions } from "fastify";
import type { AppDeps } from "./deps.ts";
import type { ProblemName } from "./problem.ts";
import { problems } from "./schemas/common.ts";

const TAGS = {
  Enrollments: "Begin, read and steer enrollments.",
  Events: "What has happened, for triggers and exits.",
  Messages: "Messages whose fate is unknown.",
  Contacts: "The people who receive messages.",
  Conversations: "Threads with a contact.",
  Deals: "Sales that may happen.",
  Appointments: "Meetings with a start and an end.",
  Charges: "Money that a contact is asked to pay.",
  Agents: "The colleagues whom conversations and enrollments are assigned to.",
  Approvals: "Texts that a model wrote and a person decides on.",
  Suppressions: "Addresses that must not be written to.",
  Webhooks:
    "What providers report: messages, deliveries, bounces; and what was pushed to the source.",
  Halts: "New sends in a scope stop within a second.",
  Migrations: "Live enrollments go on by another version.",
  Sequences: "What is published.",
  Source: "The git repository that publishes.",
  Keys: "Who may ask.",
  Audit: "What was done by hand, and by whom.",
  Status: "How the server is.",
};

/** Adds to a route's answers how it refuses what any route of its kind may be sent. */
function addRefusals({ schema, method, url }: RouteOptions): void {
  if (schema?.response === undefined) return;
  const isReading = [method].flat().every((one) => one === "GET" || one === "HEAD");
  const refusals: ProblemName[] = [
    ...(url.includes(":") ? (["uri-too-long"] as const) : []),
    // Also where a route wants no body: one that comes is read all the same.
    ...(isReading ? [] : (["timeout", "body-too-large", "unsupported-media-type"] as const)),
  ];
  schema.response = { ...problems(...refusals), ...schema.response };
}

/** Describes every route at `/openapi.json`, and shows the description at `/docs`. */
export async function useOpenApi(app: FastifyInstance, { version }: AppDeps): Promise<void> {
  app.addHook("onRoute", addRefusals);
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Cadenza",
        version,
        description:
          "Enroll contacts and what concerns them in sequences of messages, and keep their data up to " +
          "date. Errors are RFC 9457 problem details; lists are pages with a `next_cursor`.",
        license: { name: "MIT", identifier: "MIT" },
      },
      servers: [{ url: "/" }],
      externalDocs: { url: "/", description: "The console of this server" },
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: {
          key: { type: "http", scheme: "bearer", description: "An API key." },
        },
      },
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, i) =>
        typeof json["$id"] === "string" ? json["$id"] : `def-${i}`,
    },
  });
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    staticCSP: true,
    uiConfig: { docExpansion: "list", persistAuthorization: false, tryItOutEnabled: false },
    theme: {
      title: "Cadenza API",
      css: [{ filename: "theme.css", content: ".swagger-ui .topbar { display: none; }" }],
    },
  });
  app.get("/openapi.json", { schema: { hide: true } }, async () => app.swagger());
}
