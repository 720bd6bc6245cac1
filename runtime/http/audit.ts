import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ApiKey } from "../../store/api-keys.ts";
import { recordDeed, recordOutcome, type Deed } from "../../store/audit.ts";
import type { AppDeps } from "./deps.ts";

/** How a route's requests are written down. */
interface Audited {
  readonly action: string;
  /** Where the id stands of what it is done to; in the path, unless told. */
  readonly subject?: readonly ["body" | "query", name: string];
  /** Fields of the body or the query that are written down too: ids and codes, never what people wrote. */
  readonly details?: readonly string[];
}

/** What people do by hand, by method and address; the console does the same without the `/v1`. */
export const AUDITED: { readonly [route: string]: Audited } = {
  "POST /v1/enrollments/:id/pause": { action: "enrollment.pause" },
  "POST /v1/enrollments/:id/resume": { action: "enrollment.resume" },
  "POST /v1/enrollments/:id/exit": { action: "enrollment.exit" },
  "POST /v1/enrollments/:id/retry": { action: "enrollment.retry" },
  "POST /v1/enrollments/:id/skip": { action: "enrollment.skip" },
  "POST /v1/messages/:id/settle": { action: "message.settle", details: ["as"] },
  "POST /v1/approvals/:id/approve": { action: "draft.approve" },
  "POST /v1/approvals/:id/edit": { action: "draft.edit" },
  "POST /v1/approvals/:id/discard": { action: "draft.discard" },
  "POST /v1/halts": { action: "halt.create", subject: ["body", "scope"] },
  "DELETE /v1/halts": { action: "halt.lift", subject: ["query", "scope"] },
  "DELETE /v1/halts/:scope": { action: "halt.lift" },
  "POST /v1/migrations": {
    action: "migration.start",
    subject: ["body", "sequence"],
    details: ["from", "to", "map", "dry_run"],
  },
  "POST /v1/reconcile": { action: "source.reconcile", details: ["acknowledge"] },
  "POST /v1/source/suspend": { action: "source.suspend" },
  "POST /v1/source/resume": { action: "source.resume" },
  "POST /v1/keys": { action: "key.create", details: ["name", "role"] },
  "POST /v1/keys/:id/rotate": { action: "key.rotate", details: ["grace_seconds"] },
  "DELETE /v1/keys/:id": { action: "key.revoke" },
  "DELETE /v1/suppressions/:id": { action: "suppression.lift" },
  // Whose address it was is not written down: that they have opted out, or no longer, is theirs.
  "DELETE /v1/suppressions": { action: "suppression.lift", details: ["channel", "purpose"] },
  "DELETE /v1/contacts/:id": { action: "contact.erase" },
  "POST /v1/sign-in": { action: "console.sign_in" },
};

const DATA = "a service's own data: what is known of somebody, not what was done to them";
/** What changes something and is not written down here, and why. */
export const UNAUDITED: { readonly [route: string]: string } = {
  "POST /v1/enrollments": "a service's work; each enrollment has its own history",
  "POST /v1/enrollments/bulk": "a service's work; each enrollment has its own history",
  "POST /v1/events": "a service's report; it is kept as the event it is",
  "POST /v1/suppressions": "an opt-out, which is always taken; it is kept with its reason",
  "POST /v1/preview": "changes nothing",
  ...Object.fromEntries(
    ["contacts", "agents", "conversations", "deals", "appointments", "charges"].map((path) => [
      `PUT /v1/${path}/:id`,
      DATA,
    ]),
  ),
};

declare module "fastify" {
  interface FastifyRequest {
    /** The entry that this request has in the audit log. */
    audit: { readonly id: string; subject: string | null } | null;
  }
  interface FastifyInstance {
    /**
     * Writes down what a request is about to do.
     * @param route as {@link AUDITED} has it
     */
    audit(request: FastifyRequest, key: ApiKey, route: string): Promise<void>;
  }
}

/**
 * Writes down who does what, once a request has passed every check and before anything is done, and what became
 * of it, before it is answered. A route that changes something and is in neither list does not start.
 */
export function useAudit(
  app: FastifyInstance,
  { db, clock, log }: Pick<AppDeps, "db" | "clock" | "log">,
): void {
  app.decorateRequest("audit", null);
  app.decorate("audit", async (request, key, route) => {
    const audited = AUDITED[route];
    if (audited === undefined) throw new Error(`${route} is not audited`);
    const via = request.url.startsWith("/v1/") ? "api" : "console";
    const { action, details: names = [] } = audited;
    const subject = subjectOf(request, audited);
    const given = { ...fields(request.query), ...fields(request.body) };
    const told = names.filter((name) => given[name] !== undefined);
    const details = Object.fromEntries(told.map((name) => [name, given[name]]));
    const deed: Deed = { key, via, action, subject, details, requestId: request.id };
    request.audit = { id: await recordDeed(db, deed, clock.now()), subject };
  });

  app.addHook("onRoute", ({ url, method }) => {
    if (!url.startsWith("/v1/")) return;
    for (const one of [method].flat()) {
      const route = `${one} ${url}`;
      const isReading = one === "GET" || one === "HEAD";
      if (!isReading && !(route in AUDITED) && !(route in UNAUDITED)) {
        throw new Error(`${route} does not say whether it is audited`);
      }
    }
  });
  app.addHook("preHandler", (request, _reply, done) => {
    const { principal, routeOptions } = request;
    const route = principal === null ? "" : `${request.method} ${routeOptions.url}`;
    if (principal === null || !(route in AUDITED)) return done();
    app.audit(request, principal, route).then(() => done(), done);
  });
  app.addHook("onSend", (request, reply, _payload, done) => {
    const { audit } = request;
    if (audit === null) return done();
    recordOutcome(db, audit.id, audit.subject, reply.statusCode)
      // It stays unknown, and the answer is given all the same: what was done is done.
      .catch((error: { readonly code?: string }) =>
        log.error("audit_failed", { request: request.id, code: error.code }),
      )
      .then(() => done())
      .catch((error: unknown) => log.error("answer_failed", { error: String(error) }));
  });
}

function subjectOf(request: FastifyRequest, { subject }: Audited): string | null {
  const [part, name] = subject ?? [];
  const from = part === undefined ? request.params : request[part];
  const value = name === undefined ? Object.values(fields(from))[0] : fields(from)[name];
  return typeof value === "string" ? value.slice(0, MOST_SUBJECT) : null;
}

const MOST_SUBJECT = 200;

function fields(given: unknown): { readonly [name: string]: unknown } {
  return (given ?? {}) as { readonly [name: string]: unknown };
}
