import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem } from "./problem.ts";

/** Options of a route whose body is described, and checked by nothing but its signature. */
export const RAW = { validatorCompiler: () => () => true } as const;

/** Bodies of every type come as their bytes, for signatures to be checked over. */
export function useRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
}

export function bodyOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

/** Read without complaint about odd characters: a provider delivers what it is refused again and again. */
export function jsonOf(body: Buffer | string): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    throw new Problem("malformed-request", "The body is not JSON");
  }
}
