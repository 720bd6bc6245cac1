import type { FastifyInstance } from "fastify";
import { listAudit } from "../../../store/audit.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint } from "../endpoint.ts";
import { afterOf, pageOf, UUID, type PageQuery } from "../page.ts";
import {
  answer,
  externalId,
  instant,
  listOf,
  maybeText,
  pageQuery,
  uuid,
} from "../schemas/common.ts";
import { role } from "./keys.ts";

const text = { type: "string" } as const;

/** What was done by hand. */
export async function auditRoutes(app: FastifyInstance, { db }: AppDeps): Promise<void> {
  app.addSchema({
    $id: "AuditEntry",
    ...answer({
      id: uuid,
      at: instant,
      key_id: text,
      key_name: { ...text, description: "As it was called then." },
      role,
      via: { type: "string", enum: ["api", "console"] },
      action: { ...text, examples: ["enrollment.pause"] },
      subject: { ...maybeText, description: "The id of what it was done to." },
      details: { type: "object", additionalProperties: true },
      outcome: {
        type: "string",
        enum: ["done", "refused", "unknown"],
        description: "`unknown`: the server failed, or did not live to tell.",
      },
      status: { type: ["integer", "null"], description: "What was answered." },
      request_id: text,
    }),
  });

  app.get<{ Querystring: PageQuery & { action?: string; key?: string } }>(
    "/v1/audit",
    endpoint({
      access: "operate",
      tag: "Audit",
      summary: "List what was done by hand, the newest first",
      query: {
        action: { type: "string", pattern: "^[a-z_]{1,40}\\.[a-z_]{1,40}$" },
        key: { ...externalId, description: "The id of the key that it was done with." },
        ...pageQuery,
      },
      answers: { 200: listOf("AuditEntry") },
    }),
    async ({ query }) => {
      const { limit, action, key } = query;
      const filter = {
        ...(action === undefined ? {} : { action }),
        ...(key === undefined ? {} : { key }),
      };
      const page = { after: afterOf(query, UUID), limit: limit + 1 };
      return pageOf(await listAudit(db, filter, page), limit, (row) => row.id);
    },
  );
}
