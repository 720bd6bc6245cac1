import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Problem } from "./problem.ts";

/**
 * Answers an unknown address with 404, and a known one asked with another method with 405 and the
 * methods that it takes.
 * @param pageFor what a browser shows of an unknown address
 */
export function useMethodNotAllowed(app: FastifyInstance, pageFor: (path: string) => string): void {
  const methodsByPath = new Map<
    string,
    { readonly shape: RegExp; readonly methods: Set<string> }
  >();
  app.addHook("onRoute", ({ url, method }) => {
    if (url.includes("*")) return;
    const known = methodsByPath.get(url) ?? { shape: shapeOf(url), methods: new Set() };
    for (const one of [method].flat()) known.methods.add(one);
    methodsByPath.set(url, known);
  });
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "";
    const allowed = new Set<string>();
    for (const { shape, methods } of methodsByPath.values()) {
      if (shape.test(path)) for (const method of methods) allowed.add(method);
    }
    if (allowed.size === 0) {
      if (isBrowser(request)) return sendPage(reply, pageFor(path));
      throw new Problem("not-found", `There is nothing at ${path}; /docs shows what there is`);
    }
    const list = [...allowed].toSorted().join(", ");
    reply.header("allow", list);
    throw new Problem("method-not-allowed", `${path} takes ${list}`);
  });
}

/** Somebody looks at it, and has typed an address or followed a link; the API answers all in one way. */
function isBrowser({ method, url, headers }: FastifyRequest): boolean {
  const isAsked = method === "GET" && (headers.accept ?? "").includes("text/html");
  return isAsked && !url.startsWith("/v1/") && !url.startsWith("/webhooks/");
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply
    .code(404)
    .type("text/html; charset=utf-8")
    .header("content-security-policy", PAGE_POLICY)
    .header("cache-control", "no-store")
    .send(page);
}

const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

function shapeOf(url: string): RegExp {
  const literal = url.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replace(/:\w+/g, "[^/]+")}$`);
}
