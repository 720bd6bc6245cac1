import type { FastifyInstance, FastifyReply } from "fastify";
import { readUnsubscriber } from "../../store/unsubscribers.ts";
import { readWorkspace } from "../../store/workspace.ts";
import type { AppDeps } from "../http/deps.ts";
import { render } from "./views.ts";

const HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
  "x-robots-tag": "noindex",
};

/**
 * The page behind `unsubscribe_url`. Looking at it changes nothing, because mail scanners follow links;
 * only a POST opts out (RFC 8058), from a mail client or from the page's own button, without a session.
 */
export async function unsubscribeRoutes(app: FastifyInstance, deps: AppDeps): Promise<void> {
  const { db, clock, ports, unsubscribe } = deps;
  app.removeAllContentTypeParsers();
  // One-click posts come urlencoded or as multipart; what they say is in the link already.
  app.addContentTypeParser(
    "*",
    { bodyLimit: 10_000, parseAs: "buffer" },
    (_request, _body, done) => {
      done(null, undefined);
    },
  );
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers(HEADERS);
  });

  app.get<{ Params: { token: string } }>(
    "/u/:token",
    { schema: { hide: true } },
    async (request, reply) => {
      const person = await personOf(request.params.token);
      return page(reply, person === null ? 404 : 200, person === null ? "unknown" : "ask");
    },
  );

  app.post<{ Params: { token: string } }>(
    "/u/:token",
    { schema: { hide: true } },
    async (request, reply) => {
      const person = await personOf(request.params.token);
      if (person === null) return page(reply, 404, "unknown");
      const reason = "unsubscribed by link";
      const { addresses, purpose } = person;
      await ports.optOut(addresses.map((one) => ({ ...one, purpose, reason })));
      return page(reply, 200, "done");
    },
  );

  async function personOf(token: string) {
    const enrollment = unsubscribe.enrollmentOf(token);
    return enrollment === null ? null : readUnsubscriber(db, enrollment);
  }

  async function page(reply: FastifyReply, status: number, state: "ask" | "done" | "unknown") {
    const stored = await readWorkspace(db);
    const frame = { now: clock.now(), zone: "UTC" };
    const sender = stored?.policy.sender.name ?? null;
    const html = render("unsubscribe.njk", { frame, state, sender });
    return reply.code(status).type("text/html; charset=utf-8").send(html);
  }
}
