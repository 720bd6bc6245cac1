import type { FastifyInstance } from "fastify";
import { Problem } from "./problem.ts";

/**
 * Answers an unknown address with 404, and a known one asked with another method with 405 and the
 * methods that it takes.
 */
export function useMethodNotAllowed(app: FastifyInstance): void {
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
      throw new Problem("not-found", `There is nothing at ${path}; /docs shows what there is`);
    }
    const list = [...allowed].toSorted().join(", ");
    reply.header("allow", list);
    throw new Problem("method-not-allowed", `${path} takes ${list}`);
  });
}

function shapeOf(url: string): RegExp {
  const literal = url.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replace(/:\w+/g, "[^/]+")}$`);
}
